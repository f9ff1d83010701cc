/** What a host counted, under the names of netstat -s and of the RFC 4022 and 4293 tables where there is one. */
export class HostCounters {
  // IP
  ipInReceives = 0;
  ipInHdrErrors = 0;
  ipInAddrErrors = 0;
  ipInUnknownProtos = 0;
  ipInTruncated = 0;
  ipInFragments = 0;
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
  icmpInEchos = 0;
  icmpOutEchoReps = 0;
  icmpOutDestUnreachs = 0;
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
