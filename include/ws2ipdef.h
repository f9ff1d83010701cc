// TCP/IP definitions shared by user and kernel mode: socket addresses of IPv6, options of IP, TCP and UDP.
#pragma once
#include <ws2def.h>
#include <in6addr.h>

typedef struct sockaddr_in6 {
  ADDRESS_FAMILY sin6_family;
  USHORT sin6_port;
  ULONG sin6_flowinfo;
  IN6_ADDR sin6_addr;
  union {
    ULONG sin6_scope_id;
    SCOPE_ID sin6_scope_struct;
  };
} SOCKADDR_IN6_LH, *PSOCKADDR_IN6_LH, SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;
OWSK_SIZE(SOCKADDR_IN6, 28, 28);
typedef union _SOCKADDR_INET {
  SOCKADDR_IN Ipv4;
  SOCKADDR_IN6 Ipv6;
  ADDRESS_FAMILY si_family;
} SOCKADDR_INET, *PSOCKADDR_INET;
OWSK_SIZE(SOCKADDR_INET, 28, 28);
typedef struct _sockaddr_in6_pair {
  PSOCKADDR_IN6 SourceAddress;
  PSOCKADDR_IN6 DestinationAddress;
} SOCKADDR_IN6_PAIR, *PSOCKADDR_IN6_PAIR;
#define SS_PORT(s) (((PSOCKADDR_IN)(s))->sin_port)
#define INET_ADDRSTRLEN 22
#define INET6_ADDRSTRLEN 65
#define IN6ADDR_ANY_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}}
#define IN6ADDR_LOOPBACK_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}
EXTERN_C const IN_ADDR in4addr_any;
EXTERN_C const IN_ADDR in4addr_loopback;
EXTERN_C const IN_ADDR in4addr_broadcast;
EXTERN_C const IN6_ADDR in6addr_any;
EXTERN_C const IN6_ADDR in6addr_loopback;

typedef struct ip_mreq {
  IN_ADDR imr_multiaddr;
  IN_ADDR imr_interface;
} IP_MREQ, *PIP_MREQ;
typedef struct ipv6_mreq {
  IN6_ADDR ipv6mr_multiaddr;
  ULONG ipv6mr_interface;
} IPV6_MREQ, *PIPV6_MREQ;
typedef struct in_pktinfo {
  IN_ADDR ipi_addr;
  ULONG ipi_ifindex;
} IN_PKTINFO, *PIN_PKTINFO;
typedef struct in6_pktinfo {
  IN6_ADDR ipi6_addr;
  ULONG ipi6_ifindex;
} IN6_PKTINFO, *PIN6_PKTINFO;
OWSK_SIZE(IN_PKTINFO, 8, 8);
OWSK_SIZE(IN6_PKTINFO, 20, 20);

#define IP_OPTIONS 1
#define IP_HDRINCL 2
#define IP_TOS 3
#define IP_TTL 4
#define IP_MULTICAST_IF 9
#define IP_MULTICAST_TTL 10
#define IP_MULTICAST_LOOP 11
#define IP_ADD_MEMBERSHIP 12
#define IP_DROP_MEMBERSHIP 13
#define IP_DONTFRAGMENT 14
#define IP_PKTINFO 19
#define IP_RECVTTL 21
#define IP_HOPLIMIT 21
#define IP_RECEIVE_BROADCAST 22
#define IP_RECVIF 24
#define IP_RECVDSTADDR 25
#define IP_IFLIST 28
#define IP_UNICAST_IF 31
#define IP_RECVTOS 40
#define IP_ECN 50
#define IP_RECVECN 50
#define IP_MTU_DISCOVER 71
#define IP_MTU 73
#define IP_RECVERR 75
#define IP_USER_MTU 76
#define IPV6_HOPOPTS 1
#define IPV6_HDRINCL 2
#define IPV6_UNICAST_HOPS 4
#define IPV6_MULTICAST_IF 9
#define IPV6_MULTICAST_HOPS 10
#define IPV6_MULTICAST_LOOP 11
#define IPV6_ADD_MEMBERSHIP 12
#define IPV6_JOIN_GROUP IPV6_ADD_MEMBERSHIP
#define IPV6_DROP_MEMBERSHIP 13
#define IPV6_LEAVE_GROUP IPV6_DROP_MEMBERSHIP
#define IPV6_DONTFRAG 14
#define IPV6_PKTINFO 19
#define IPV6_HOPLIMIT 21
#define IPV6_PROTECTION_LEVEL 23
#define IPV6_RECVIF 24
#define IPV6_RECVDSTADDR 25
#define IPV6_CHECKSUM 26
#define IPV6_V6ONLY 27
#define IPV6_IFLIST 28
#define IPV6_UNICAST_IF 31
#define IPV6_TCLASS 39
#define IPV6_RECVTCLASS 40
#define IPV6_ECN 50
#define IPV6_RECVECN 50
#define IPV6_MTU_DISCOVER 71
#define IPV6_MTU 72
#define IPV6_RECVERR 75
#define IPV6_USER_MTU 76
typedef enum _PMTUD_STATE { IP_PMTUDISC_NOT_SET, IP_PMTUDISC_DO, IP_PMTUDISC_DONT, IP_PMTUDISC_PROBE, IP_PMTUDISC_MAX } PMTUD_STATE;

#define TCP_EXPEDITED_1122 2
#define TCP_KEEPALIVE 3
#define TCP_KEEPIDLE TCP_KEEPALIVE
#define TCP_MAXSEG 4
#define TCP_MAXRT 5
#define TCP_STDURG 6
#define TCP_NOURG 7
#define TCP_ATMARK 8
#define TCP_NOSYNRETRIES 9
#define TCP_TIMESTAMPS 10
#define TCP_OFFLOAD_PREFERENCE 11
#define TCP_CONGESTION_ALGORITHM 12
#define TCP_DELAY_FIN_ACK 13
#define TCP_MAXRTMS 14
#define TCP_FASTOPEN 15
#define TCP_KEEPCNT 16
#define TCP_KEEPINTVL 17
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#define TCP_ICMP_ERROR_INFO 19
#define UDP_NOCHECKSUM 1
#define UDP_SEND_MSG_SIZE 2
#define UDP_RECV_MAX_COALESCED_SIZE 3
#define UDP_COALESCED_INFO 3
#define UDP_CHECKSUM_COVERAGE 20

#define IN6_ADDR_EQUAL(a, b) ((BOOLEAN)(__builtin_memcmp((a), (b), sizeof(IN6_ADDR)) == 0))
#define IN4_ADDR_EQUAL(a, b) ((BOOLEAN)((a)->s_addr == (b)->s_addr))
FORCEINLINE BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a) {
  static const UCHAR none[16] = {0};
  return (BOOLEAN)(__builtin_memcmp(a, none, 16) == 0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a) {
  static const UCHAR one[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return (BOOLEAN)(__builtin_memcmp(a, one, 16) == 0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a) { return (BOOLEAN)(a->s6_bytes[0] == 0xff); }
FORCEINLINE BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a) {
  return (BOOLEAN)(a->s6_bytes[0] == 0xfe && (a->s6_bytes[1] & 0xc0) == 0x80);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a) {
  static const UCHAR prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return (BOOLEAN)(__builtin_memcmp(a, prefix, 12) == 0);
}
#define IN4_IS_ADDR_UNSPECIFIED(a) ((BOOLEAN)((a)->s_addr == INADDR_ANY))
#define IN4_IS_ADDR_LOOPBACK(a) ((BOOLEAN)(*((PUCHAR)(a)) == 0x7f))
#define IN4_IS_ADDR_MULTICAST(a) ((BOOLEAN)((*((PUCHAR)(a)) & 0xf0) == 0xe0))
#define IN4_IS_ADDR_BROADCAST(a) ((BOOLEAN)((a)->s_addr == INADDR_BROADCAST))
#define IN6_SET_ADDR_UNSPECIFIED(a) __builtin_memset((a), 0, sizeof(IN6_ADDR))
#define IN6ADDR_SETANY(s) ((s)->sin6_family = AF_INET6, (s)->sin6_port = 0, (s)->sin6_flowinfo = 0, (s)->sin6_scope_id = 0, (void)IN6_SET_ADDR_UNSPECIFIED(&(s)->sin6_addr))
#define INETADDR_SET_PORT(a, p) SS_PORT(a) = (p)
#define INETADDR_PORT(a) SS_PORT(a)
FORCEINLINE BOOLEAN INETADDR_ISANY(const SOCKADDR *a) {
  return (BOOLEAN)(a->sa_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&((const SOCKADDR_IN6 *)a)->sin6_addr)
                                            : ((const SOCKADDR_IN *)a)->sin_addr.s_addr == INADDR_ANY);
}
FORCEINLINE BOOLEAN INETADDR_ISLOOPBACK(const SOCKADDR *a) {
  return (BOOLEAN)(a->sa_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&((const SOCKADDR_IN6 *)a)->sin6_addr)
                                            : IN4_IS_ADDR_LOOPBACK(&((const SOCKADDR_IN *)a)->sin_addr));
}
FORCEINLINE void INETADDR_SETANY(PSOCKADDR a) {
  ADDRESS_FAMILY family = a->sa_family;
  __builtin_memset(a, 0, family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN));
  a->sa_family = family;
}
FORCEINLINE void INETADDR_SETLOOPBACK(PSOCKADDR a) {
  INETADDR_SETANY(a);
  if (a->sa_family == AF_INET6)
    ((PSOCKADDR_IN6)a)->sin6_addr.s6_bytes[15] = 1;
  else
    ((PSOCKADDR_IN)a)->sin_addr.s_addr = 0x0100007f;
}
