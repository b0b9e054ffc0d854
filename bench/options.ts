import { parseArgs } from 'node:util'
import { PEERS, type Peer } from './peers.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

export type Options = {
  quick: boolean
  json: string | undefined
  peers: readonly Peer[]
  workloads: readonly Workload[]
  rounds: number
  seconds: number
  oneOrganization: boolean
}

const chosen = <T extends string>(given: string | undefined, known: readonly T[]): readonly T[] | undefined => {
  const names = given?.split(',')
  const unknown = names?.filter((name) => !(known as readonly string[]).includes(name))
  if (unknown?.length) throw new Error(`There is no ${unknown.join(', ')}; there are ${known.join(', ')}.`)
  return names as T[] | undefined
}

/** A positive number, so that nothing is measured for no time at all. */
function positive(name: string, given: string | undefined, usual: number): number {
  const value = given === undefined ? usual : Number(given)
  if (value > 0) return value
  throw new Error(`--${name} must be a positive number.`)
}

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      only: { type: 'string' },
      workloads: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'one-organization': { type: 'boolean', default: false },
    },
  })
  const only = chosen(
    values.only,
    PEERS.map(({ name }) => name),
  )
  const wanted = (peer: Peer) =>
    only ? peer.name === 'limit' || only.includes(peer.name) : !values.quick || peer.quick
  return {
    ...{ quick: values.quick, json: values.json, oneOrganization: values['one-organization'] },
    peers: PEERS.filter(wanted),
    workloads: chosen(values.workloads, WORKLOADS) ?? ['W1', 'W2', 'W3', 'W5', 'W4'],
    rounds: positive('rounds', values.rounds, values.quick ? 1 : 3),
    seconds: positive('seconds', values.seconds, values.quick ? 3 : 8),
  }
}
