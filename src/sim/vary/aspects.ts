/**
 * What a seed decides in a sweep: everything that the contract, the network or the peer leaves open. Each aspect has
 * numbers of its own, so that a new one at the end of this list changes nothing about the others.
 */
export const aspects = {
  order: 'which of several ready threads and DPCs runs first',
  switch: 'another processor runs something in the middle of a kernel call',
  inline: 'a WSK call completes before it returns',
  rtt: 'the round-trip time',
  mtu: 'a path of 1,280 bytes, as every IPv6 link carries at least',
  lose: 'a packet is lost',
  duplicate: 'a packet arrives twice',
  reorder: 'a packet is overtaken by later ones',
  late: 'a packet is held up for longer than a retransmission takes',
  service: 'the peer refuses connections, or does not answer SYNs at all',
  fastOpen: 'Fast Open is off at the peer, its keys change, or the path swallows data in SYNs',
  manners: 'the peer resets a connection, ends it early, or says nothing',
  pieces: 'the peer sends its answer in small pieces',
  clients: 'more clients come at once, and some of them reset or leave early',
  memory: 'an allocation fails',
  cut: 'the link is down for some seconds',
} as const;

export type Aspect = keyof typeof aspects;

export const aspectNames = Object.keys(aspects) as Aspect[];
