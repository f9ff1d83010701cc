#error "openwsk: KMDF (wdf.h) is not supported yet; compile the parts of the driver that use WDM and WSK only"
