import type { Frame, Kind } from './profile.ts'

const WIDTH = 1400
const ROW = 17
const LETTER = 6.6
const TITLE = 34
/** Narrower ones cannot be seen. */
const NARROWEST = 0.8

const COLORS: Record<Kind, string> = { ours: '#e8743b', package: '#f2c14e', node: '#8ab17d', native: '#9aa5b1' }
const MEANING: Record<Kind, string> = {
  ours: 'this product',
  package: 'its packages',
  node: 'Node',
  native: 'V8, system calls',
}

const ESCAPED: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[<>&"]/g, (each) => ESCAPED[each]!)

type Box = { frame: Frame; x: number; width: number; depth: number }

function boxesOf(root: Frame): Box[] {
  const boxes: Box[] = []
  const scale = WIDTH / root.time
  const place = (frame: Frame, x: number, depth: number): void => {
    const width = frame.time * scale
    if (width < NARROWEST) return
    boxes.push({ frame, x, width, depth })
    let left = x
    for (const child of [...frame.children.values()].sort((a, b) => b.time - a.time)) {
      place(child, left, depth + 1)
      left += child.time * scale
    }
  }
  place(root, 0, 0)
  return boxes
}

function drawn({ frame: { name, kind, time }, x, width, depth }: Box, total: number): string {
  const letters = Math.floor((width - 4) / LETTER)
  const label = letters < 3 ? '' : name.length > letters ? `${name.slice(0, letters - 1)}…` : name
  const y = TITLE + depth * ROW
  const text = label && `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escaped(label)}</text>`
  const share = ((100 * time) / total).toFixed(1)
  return `<g><title>${escaped(name)}: ${share} %</title><rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${COLORS[kind]}"/>${text}</g>`
}

const legend = (Object.keys(COLORS) as Kind[])
  .map(
    (kind, at) =>
      `<rect x="${WIDTH - 560 + at * 140}" y="9" width="12" height="12" fill="${COLORS[kind]}"/><text x="${WIDTH - 543 + at * 140}" y="19">${MEANING[kind]}</text>`,
  )
  .join('')

/** The time that each function took with all it called, the caller above what it calls; a title says its share. */
export function flameSvg(root: Frame, title: string): string {
  const boxes = boxesOf(root)
  const height = TITLE + (Math.max(...boxes.map(({ depth }) => depth)) + 1) * ROW + 6
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11"><title>${escaped(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/><text x="6" y="20" font-size="14">${escaped(title)}</text>${legend}
${boxes.map((box) => drawn(box, root.time)).join('\n')}
</svg>
`
}
