import busboy from 'busboy'
import { AppError, invalid } from '../core/errors.ts'
import type { Incoming } from './request-body.ts'

const MIB = 1024 * 1024
export const UPLOAD_LIMIT = 25 * MIB
/** The parser calls a file that reaches its limit too large: ours may. */
const LIMITS = { files: 1, fields: 20, fieldSize: 64 * 1024, fieldNameSize: 100, parts: 21, fileSize: UPLOAD_LIMIT + 1 }

type Form = Record<string, unknown>

const unreadable = (cause?: unknown) =>
  new AppError('INVALID_REQUEST', 'The upload could not be read: send one multipart/form-data file.', {}, { cause })

function collect(parser: busboy.Busboy, form: Form, fail: (error: AppError) => void): void {
  parser.on('field', (name, value, { valueTruncated }) => {
    if (valueTruncated) fail(invalid(name, 'Must be at most 64 KiB.'))
    form[name] = value
  })
  parser.on('file', (_name, stream, { filename, mimeType }) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', (error) => fail(unreadable(error)))
    stream.on('limit', () => fail(new AppError('PAYLOAD_TOO_LARGE', 'An upload may have at most 25 MiB.')))
    stream.on('end', () => {
      form.content = Buffer.concat(chunks)
      form.name ??= filename ?? 'upload'
      form.mimeType = mimeType
    })
  })
  parser.on('filesLimit', () => fail(invalid('content', 'Send one file at a time.')))
  parser.on('error', (error) => fail(unreadable(error)))
}

/** The fields of a form; its file as `content`, `name` and `mimeType`. */
export function readUpload(headers: Incoming['headers'], body: Buffer): Promise<Form> {
  return new Promise((resolve, reject) => {
    try {
      const parser = busboy({ headers, limits: LIMITS, defParamCharset: 'utf8' })
      const form: Form = Object.create(null)
      collect(parser, form, reject)
      parser.on('close', () => resolve(form))
      parser.end(body)
    } catch (error) {
      reject(unreadable(error))
    }
  })
}
