import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** IPv4 inside IPv6 is IPv4: both forms name the same caller. */
function parse(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined
}

/** Who an attempt is counted against: an IPv4 address, or the /64 that one IPv6 subscriber holds. */
export function attemptOrigin(text: string): string {
  const address = parse(text)
  if (address instanceof ipaddr.IPv6)
    return `${address.parts
      .slice(0, 4)
      .map((part) => part.toString(16))
      .join(':')}::/64`
  return address?.toString() ?? text
}

/** Whether an address lies in one of the ranges; no ranges means everywhere. */
export function within(ranges: readonly string[], text: string): boolean {
  if (ranges.length === 0) return true
  const address = parse(text)
  return address !== undefined && ranges.some((range) => covers(range, address))
}

function covers(range: string, address: Address): boolean {
  if (!ipaddr.isValidCIDR(range)) return range === address.toString()
  const [base, bits] = ipaddr.parseCIDR(range)
  return base.kind() === address.kind() && address.match(base, bits)
}
