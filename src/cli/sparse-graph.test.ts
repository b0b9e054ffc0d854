import { expect, it } from 'vitest'
import { withSparseGraph } from './sparse-graph.mjs'

const GAP = 4096

/** A number as the graph writes it: seven bits a byte, the lowest first. */
const written = (value: number): number[] => (value > 127 ? [(value & 127) | 128, ...written(value >>> 7)] : [value])

/** Two inputs, of which the first has two edges; an output; a root. `by` is what every name's number is raised by. */
const graph = (by: number): string => {
  const name = (index: number) => written(index + by)
  const bytes = [
    ...[2, 1, 1],
    ...[2, ...name(0), 0x34, 0x12, ...written(300), 0, 7, ...name(200), 0, 0, 0, ...written(3 + 1 + by), 255],
    ...[0],
    ...[1, ...name(1), 0, ...written(129)],
    ...[...name(2), 1, 2],
  ]
  return Buffer.from(bytes).toString('base64url')
}

const source = (strings: string, text: string) =>
  `config.parameterizationSchema = {\n  strings: ${strings},\n  graph: "${text}"\n}\nconfig.other = 1\n`

it('raises the number of every name of the generated client’s graph, and nothing else', () => {
  const strings = 'JSON.parse("[\\"where\\",\\"a\\"]")'
  expect(withSparseGraph(source(strings, graph(0)))).toBe(
    source(`[...Array(${GAP}).fill(''), ...${strings}]`, graph(GAP)),
  )
})

it('refuses a graph that is written in another way, and leaves a client without one', () => {
  const longer = Buffer.concat([Buffer.from(graph(0), 'base64url'), Buffer.from([1])]).toString('base64url')
  expect(() => withSparseGraph(source('JSON.parse("[]")', longer))).toThrow('written in another way')
  expect(withSparseGraph('config.other = 1\n')).toBe('config.other = 1\n')
})
