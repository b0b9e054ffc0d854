/** Wakes whoever waits, however many they are, and remembers that it did for those who were looking elsewhere. */
export class Wake {
  #version = 0
  #woken = Promise.withResolvers<void>()

  get version(): number {
    return this.#version
  }

  wake(): void {
    this.#version += 1
    this.#woken.resolve()
    this.#woken = Promise.withResolvers<void>()
  }

  /** Until it wakes after that version, or the time is over, or the signal. */
  async since(version: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (version !== this.#version || signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, milliseconds).unref()
    const stop = () => resolve()
    signal.addEventListener('abort', stop)
    await Promise.race([this.#woken.promise, promise])
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
