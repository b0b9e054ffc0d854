type CallFrame = { functionName: string; url: string; lineNumber: number }
type ProfileNode = { id: number; callFrame: CallFrame; children?: number[] }
/** What V8 writes: nodes of the call tree, and which one was on top at each sample. */
export type CpuProfile = {
  nodes: ProfileNode[]
  samples: number[]
  timeDeltas: number[]
  startTime: number
  endTime: number
}

export type Frame = { name: string; kind: Kind; time: number; children: Map<string, Frame> }
export type Kind = 'ours' | 'package' | 'node' | 'native'

const IDLE = new Set(['(idle)', '(program)'])

const frame = (name: string, kind: Kind): Frame => ({ name, kind, time: 0, children: new Map() })

const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)/

function described({ functionName, url, lineNumber }: CallFrame): [string, Kind] {
  const name = functionName || '(anonymous)'
  if (url === '') return [name, 'native']
  if (url.startsWith('node:')) return [`${name} ${url}`, 'node']
  const [, inside] = PACKAGE.exec(url) ?? []
  if (inside) return [`${name} [${inside}]`, 'package']
  return [`${name} ${url.slice(url.lastIndexOf('/src/') + 1)}:${lineNumber + 1}`, 'ours']
}

/** The call tree of the last so many microseconds, without the time in which nothing was to do. */
export function flameOf({ nodes, samples, timeDeltas, startTime, endTime }: CpuProfile, last: number): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const pathOf = (id: number): CallFrame[] => {
    const path: CallFrame[] = []
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) path.unshift(byId.get(at)!.callFrame)
    return path.slice(1)
  }
  const root = frame('all', 'native')
  let now = startTime
  samples.forEach((sample, at) => {
    const time = timeDeltas[at]!
    now += time
    if (now < endTime - last || IDLE.has(byId.get(sample)!.callFrame.functionName)) return
    let under = root
    under.time += time
    for (const callFrame of pathOf(sample)) {
      const [name, kind] = described(callFrame)
      const child = under.children.get(name) ?? frame(name, kind)
      under.children.set(name, child)
      child.time += time
      under = child
    }
  })
  return root
}
