#error "openwsk: NDIS (ndis.h) is not supported; compile the parts of the driver that use WDM and WSK only"
