/** Work that never runs twice at the same time; asked for meanwhile, it runs once more. */
export function oneAtATime(work: () => Promise<void>) {
  let underway: Promise<void> | undefined
  let again = false
  const run = async () => {
    do {
      again = false
      await work()
    } while (again)
  }
  const ask = () => {
    again = true
    underway ??= run().finally(() => {
      underway = undefined
    })
  }
  return { ask, idle: async () => underway }
}
