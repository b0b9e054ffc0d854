import { isUtf8 } from 'node:buffer'
import { AppError } from '../../core/errors.ts'
import { zipNames } from './zip.ts'

export type Kind = { mimeType: string; extensions: readonly [string, ...string[]] }

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const PDF: Kind = { mimeType: 'application/pdf', extensions: ['pdf'] }
const PNG: Kind = { mimeType: 'image/png', extensions: ['png'] }
const JPEG: Kind = { mimeType: 'image/jpeg', extensions: ['jpg', 'jpeg'] }
const GIF: Kind = { mimeType: 'image/gif', extensions: ['gif'] }
const DOC: Kind = { mimeType: 'application/msword', extensions: ['doc'] }
const DOCX: Kind = { mimeType: `${OFFICE}.wordprocessingml.document`, extensions: ['docx'] }
const XLSX: Kind = { mimeType: `${OFFICE}.spreadsheetml.sheet`, extensions: ['xlsx'] }
const PPTX: Kind = { mimeType: `${OFFICE}.presentationml.presentation`, extensions: ['pptx'] }
const TEXTS: Kind[] = [
  { mimeType: 'text/plain', extensions: ['txt', 'text', 'log'] },
  { mimeType: 'text/markdown', extensions: ['md', 'markdown'] },
  { mimeType: 'text/csv', extensions: ['csv'] },
]

/** Office files are ZIP archives that say so in their names; one with macros is a program. */
function officeKind(bytes: Buffer): Kind | undefined {
  const names = zipNames(bytes)
  if (!names.includes('[Content_Types].xml') || names.some((name) => /vbaProject/i.test(name))) return undefined
  const holds = (folder: string) => names.some((name) => name.startsWith(folder))
  if (holds('word/')) return DOCX
  if (holds('xl/')) return XLSX
  return holds('ppt/') ? PPTX : undefined
}

/** The same container also carries installers; only Word's holds this stream. */
const oldWordKind = (bytes: Buffer): Kind | undefined =>
  bytes.includes(Buffer.from('WordDocument', 'utf16le')) ? DOC : undefined

const SIGNATURES: [Buffer, (bytes: Buffer) => Kind | undefined][] = [
  [Buffer.from('%PDF-'), () => PDF],
  [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), () => PNG],
  [Buffer.from([0xff, 0xd8, 0xff]), () => JPEG],
  [Buffer.from('GIF87a'), () => GIF],
  [Buffer.from('GIF89a'), () => GIF],
  [Buffer.from([0x50, 0x4b, 0x03, 0x04]), officeKind],
  [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), oldWordKind],
]

export const extensionOf = (name: string): string => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''

/** A page, a drawing or a script reads as text too, but a browser or a shell would run it. */
const RUNS = /^\uFEFF?\s*(#!|<\s*(!doctype|\?xml|html|head|body|script|svg|iframe|meta|style)\b)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: text is what has none of these
const CONTROL = /[\0-\x08\x0e-\x1a\x1c-\x1f]/

function textKind(bytes: Buffer, name: string): Kind | undefined {
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString('utf8')
  if (RUNS.test(text) || CONTROL.test(text)) return undefined
  const extension = extensionOf(name)
  return extension === '' ? TEXTS[0] : TEXTS.find(({ extensions }) => extensions.includes(extension))
}

const ALLOWED = 'PDF, Word (docx, doc), Excel (xlsx), PowerPoint (pptx), PNG, JPEG, GIF, plain text, Markdown and CSV'

/** What a file is, by its own bytes; what it claims to be counts for nothing. */
export function kindOf(bytes: Buffer, name: string): Kind {
  const signature = SIGNATURES.find(([magic]) => bytes.subarray(0, magic.length).equals(magic))
  const kind = signature ? signature[1](bytes) : textKind(bytes, name)
  if (kind) return kind
  const sentence = `is not a file that is kept here; allowed are ${ALLOWED}.`
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', `content: ${sentence}`, { fields: { content: [sentence] } })
}
