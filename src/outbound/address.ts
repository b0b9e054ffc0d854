import ipaddr from 'ipaddr.js'

/** Beyond it nothing of IPv6 is assigned to hosts on the internet. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/** Public by their range, but answered by the machine's own provider: they tell instances who they are. */
const METADATA = new Set(['168.63.129.16'])

/**
 * Whether an address belongs to one host on the internet. Whatever carries an IPv4 address inside (mapped, translated,
 * tunnelled) is not: it could lead back here.
 */
export function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast' || METADATA.has(address.toString())) return false
  return address instanceof ipaddr.IPv4 || address.match(...GLOBAL_IPV6)
}
