const FAMILY = 1_869_640_553

/** Work of which one piece at a time is done, in whichever process. Their places are their locks: a new one goes to the end. */
const WORKS = ['dispatch', 'request log', 'audit seals', 'credential roles'] as const

/** SQL that waits until nobody else does this work, and is alone with it until the transaction has ended. */
export const aloneWith = (work: (typeof WORKS)[number]): string =>
  `pg_advisory_xact_lock(${FAMILY}, ${WORKS.indexOf(work) + 1})`
