import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { SEED } from '../fuzz/hostile.ts'
import { testServer } from '../kit/server.ts'
import { Choices } from './generate/choices.ts'
import { addHostileRows } from './generate/hostile-rows.ts'
import { Oracle } from './oracle.ts'

const MINUTES = Number(process.env.OPSGRAPH_ORACLE_MINUTES ?? 0)
const SECONDS = 60 * MINUTES || 8
const DOCUMENTS = 150
const LEAST_SHARE = 0.6

const number = fc.nat(0xffff)
const numbers = fc.array(number, { maxLength: 1200, size: 'max' })

const server = testServer()
let oracle: Oracle
beforeAll(async () => {
  const drawn = fc.sample(fc.array(number, { minLength: 40_000, maxLength: 40_000 }), { seed: SEED, numRuns: 1 })
  await addHostileRows(server.app, new Choices(drawn[0]!))
  oracle = await Oracle.of(server)
})

it(
  'what one statement answers is what the executor answers',
  async () => {
    const seed = MINUTES ? Date.now() % 2 ** 31 : SEED
    if (MINUTES) console.log(`The oracle asks for ${MINUTES} minutes, from the seed ${seed}.`)
    await fc.assert(
      fc.asyncProperty(numbers, (drawn) => oracle.ask(drawn)),
      {
        seed,
        unbiased: true,
        numRuns: MINUTES ? Number.MAX_SAFE_INTEGER : DOCUMENTS,
        interruptAfterTimeLimit: SECONDS * 1000,
      },
    )
    const told = `The reader answered ${Math.round(oracle.share * 100)} % of ${oracle.documents} documents.`
    console.log(told)
    expect(oracle.share, told).toBeGreaterThan(LEAST_SHARE)
  },
  SECONDS * 1000 + 60_000,
)
