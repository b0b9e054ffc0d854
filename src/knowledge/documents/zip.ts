const END = 0x06054b50
const ENTRY = 0x02014b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const LONGEST_COMMENT = 0xffff
const MOST_ENTRIES = 10_000

function endOf(bytes: Buffer): number {
  const last = bytes.length - END_BYTES
  for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) if (bytes.readUInt32LE(at) === END) return at
  return -1
}

/** The names in a ZIP archive's directory; nothing is unpacked, so that a bomb stays folded. */
export function zipNames(bytes: Buffer): string[] {
  const end = endOf(bytes)
  if (end < 0) return []
  const names: string[] = []
  let at = bytes.readUInt32LE(end + 16)
  while (at + ENTRY_BYTES <= end && bytes.readUInt32LE(at) === ENTRY && names.length < MOST_ENTRIES) {
    const length = bytes.readUInt16LE(at + 28)
    const start = at + ENTRY_BYTES
    names.push(bytes.toString('utf8', start, start + length))
    at = start + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return names
}
