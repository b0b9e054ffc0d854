import { type Probe, placeOf, timed } from '../probe.ts'

/** Whether a name has an address. */
export const dns: Probe = async (wish, { outbound, timeoutMs, signal }) => {
  const { host } = placeOf(wish)
  const { responseTimeMs } = await timed(() => outbound.addresses({ host, timeoutMs, signal }))
  return { via: 'dns', responseTimeMs }
}
