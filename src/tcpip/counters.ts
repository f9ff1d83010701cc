/** What a host counted, under the names of netstat -s and of the RFC 4022 and 4293 tables where there is one. */
export class HostCounters {
  // IP
  ipInReceives = 0;
  ipInHdrErrors = 0;
  ipInAddrErrors = 0;
  ipInUnknownProtos = 0;
  ipInTruncated = 0;
  /** IPv4 packets with a source route (RFC 7126), which are among ipInHdrErrors too. */
  ipInSourceRoutes = 0;
  /** Fragments that came; datagrams put together; datagrams and fragments given up, those by time on their own too. */
  ipReasmReqds = 0;
  ipReasmOKs = 0;
  ipReasmFails = 0;
  ipReasmTimeouts = 0;
  /** Datagrams given up because the arena was full. */
  ipReasmNoBuffers = 0;
  /** Datagrams cut; that could not be; and the fragments made. */
  ipFragOKs = 0;
  ipFragFails = 0;
  ipFragCreates = 0;
  /** Packets of ECN connections that came with Congestion Experienced. */
  ipInCongestionMarks = 0;
  ipOutRequests = 0;
  ipOutNoRoutes = 0;
  /** Packets not built because the arena was full. */
  ipOutNoBuffers = 0;
  // ICMP
  icmpInMsgs = 0;
  icmpInErrors = 0;
  icmpInDestUnreachs = 0;
  icmpInTimeExcds = 0;
  icmpInParmProbs = 0;
  icmpInEchos = 0;
  icmpOutEchoReps = 0;
  icmpOutDestUnreachs = 0;
  icmpOutTimeExcds = 0;
  icmpOutParmProbs = 0;
  /** Errors not sent because of the limit on their rate. */
  icmpOutRateLimited = 0;
  // UDP
  udpInDatagrams = 0;
  udpNoPorts = 0;
  udpInErrors = 0;
  udpOutDatagrams = 0;
  /** Datagrams dropped because the endpoint's receive buffer was full. */
  udpRcvbufErrors = 0;
  // TCP
  tcpActiveOpens = 0;
  tcpPassiveOpens = 0;
  tcpAttemptFails = 0;
  tcpEstabResets = 0;
  tcpInSegs = 0;
  tcpInErrs = 0;
  tcpOutSegs = 0;
  tcpRetransSegs = 0;
  tcpOutRsts = 0;
  tcpTimeouts = 0;
  tcpFastRetransmits = 0;
  tcpDelayedAcks = 0;
  tcpOutOfOrder = 0;
  tcpOutOfOrderDropped = 0;
  tcpChallengeAcks = 0;
  tcpPawsRejected = 0;
  tcpListenOverflows = 0;
  tcpSynCookiesSent = 0;
  tcpSynCookiesReceived = 0;
  tcpZeroWindowProbes = 0;
  tcpTimeWaits = 0;
  tcpLossProbes = 0;
  tcpDsacksReceived = 0;
  /** Reductions of the congestion window that turned out to be for nothing. */
  tcpUndos = 0;
  tcpEcnReductions = 0;
  /** Paths on which segments got through only once they were shorter, though no router had said so. */
  tcpBlackHoles = 0;
  // Fast Open, as Linux names them
  fastOpenCookieReqd = 0;
  fastOpenActive = 0;
  fastOpenActiveFail = 0;
  fastOpenPassive = 0;
  fastOpenPassiveFail = 0;
  fastOpenPassiveAltKey = 0;
  fastOpenListenOverflow = 0;
  fastOpenCookiesSent = 0;
  fastOpenBlackhole = 0;
}
