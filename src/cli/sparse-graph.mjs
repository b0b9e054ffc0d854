// Plain JavaScript without dependencies, like what calls it.

/**
 * The generated client carries a graph of every model's arguments and fields. The library unpacks it into objects keyed by
 * the numbers of names, which V8 keeps as arrays as long as the largest number: ten kilobytes for a handful of keys, 15 MiB in
 * all. Numbers above this gap are kept as a dictionary instead; so every name's number is raised by it.
 */
const GAP = 4096

const GRAPH = /strings: JSON\.parse\((".*")\),(\s*)graph: "([\w-]+)"/

class Copy {
  #from
  #at = 0
  #to = []

  constructor(text) {
    this.#from = Buffer.from(text, 'base64url')
  }

  #read() {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#from[this.#at++]
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }

  #write(value) {
    let rest = value
    for (; rest > 127; rest >>>= 7) this.#to.push((rest & 127) | 128)
    this.#to.push(rest)
  }

  number() {
    const value = this.#read()
    this.#write(value)
    return value
  }

  name() {
    this.#write(this.#read() + GAP)
  }

  /** 0 stands for none. */
  optionalName() {
    const value = this.#read()
    this.#write(value === 0 ? 0 : value + GAP)
  }

  bytes(count) {
    for (let left = count; left > 0; left -= 1) this.#to.push(this.#from[this.#at++])
  }

  times(count, copy) {
    for (let left = count; left > 0; left -= 1) copy()
  }

  end() {
    if (this.#at !== this.#from.length) throw new Error('The graph of the generated client is written in another way.')
    return Buffer.from(this.#to).toString('base64url')
  }
}

function raised(graph) {
  const copy = new Copy(graph)
  const [inputs, outputs, roots] = [copy.number(), copy.number(), copy.number()]
  const edges = (rest) => () =>
    copy.times(copy.number(), () => {
      copy.name()
      rest()
    })
  copy.times(
    inputs,
    edges(() => {
      copy.bytes(2)
      copy.number()
      copy.optionalName()
      copy.bytes(1)
    }),
  )
  const twoNodes = () => copy.times(2, () => copy.number())
  copy.times(outputs, edges(twoNodes))
  copy.times(roots, () => {
    copy.name()
    twoNodes()
  })
  return copy.end()
}

/** The source of the generated client’s class, with its graph's names numbered above the gap. */
export const withSparseGraph = (source) =>
  source.replace(
    GRAPH,
    (_whole, strings, space, graph) =>
      `strings: [...Array(${GAP}).fill(''), ...JSON.parse(${strings})],${space}graph: "${raised(graph)}"`,
  )
