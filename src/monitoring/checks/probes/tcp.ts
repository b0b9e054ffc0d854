import { type Probe, placeOf, timed } from '../probe.ts'

/** Whether a connection can be made. */
export const tcp: Probe = async (wish, { outbound, timeoutMs, signal }) => {
  const { host, port } = placeOf(wish)
  const { value, responseTimeMs } = await timed(() => outbound.connect({ host, port: port!, timeoutMs, signal }))
  value.destroy()
  return { via: `tcp:${port}`, responseTimeMs }
}
