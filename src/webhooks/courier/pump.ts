import { type Courier, claim, deliver } from './deliver.ts'

const AT_ONCE = 200
/** When the process stops, for what is underway to end by itself. */
const GRACE_MS = 3000
/** Attempts that end together are followed by one look for more, not one each. */
const PAUSE_MS = 20

/** Keeps as many attempts underway as there may be, for as long as something is due. */
export class Pump {
  readonly #courier: Courier
  readonly #underway = new Map<Promise<void>, number>()
  readonly #late = new AbortController()
  #stopped = false
  #looking: Promise<void> | undefined
  #again = false
  #timer: NodeJS.Timeout | undefined

  constructor(courier: Courier) {
    this.#courier = { ...courier, signal: this.#late.signal }
  }

  /** Something may be due. */
  wake(): void {
    if (this.#stopped) return
    this.#again = true
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
  }

  /** Begins nothing more; what does not end in time is given up, and somebody else tries it again. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#looking
    const late = setTimeout(() => this.#late.abort(), GRACE_MS)
    await Promise.all(this.#underway.keys())
    clearTimeout(late)
  }

  async #look(): Promise<void> {
    while (this.#again && this.#underway.size < AT_ONCE && !this.#stopped) {
      this.#again = false
      const most = AT_ONCE - this.#underway.size
      const claimed = await claim(this.#courier, { now: this.#courier.clock.now(), most, busy: this.#busy() }).catch(
        (error: unknown) => {
          this.#courier.log.error({ error }, 'webhook deliveries could not be looked for')
          return []
        },
      )
      for (const each of claimed) this.#start(each)
      if (claimed.length > 0) this.#again = true
    }
  }

  #busy(): Map<number, number> {
    const counts = new Map<number, number>()
    for (const organizationId of this.#underway.values())
      counts.set(organizationId, (counts.get(organizationId) ?? 0) + 1)
    return counts
  }

  #start(claimed: Parameters<typeof deliver>[1]): void {
    const underway = deliver(this.#courier, claimed).finally(() => {
      this.#underway.delete(underway)
      this.#soon()
    })
    this.#underway.set(underway, claimed.organizationId)
  }

  #soon(): void {
    if (this.#stopped) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.wake()
    }, PAUSE_MS).unref()
  }
}
