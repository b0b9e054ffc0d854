import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { AppError } from '../core/errors.ts'
import { Gone, type Storage } from '../core/storage.ts'
import { assertKey } from './key.ts'

export type S3Place = {
  /** Amazon's own unless given. */
  endpoint?: string | undefined
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
}

const PROBE = '.check'
const TIMEOUT_MS = 20_000
const RETRY_AFTER = 10
/** A file may have 10,000 such parts. */
const PART = 16 * 2 ** 20

/** Path-style addresses and no optional checksums: what every S3-compatible store understands. */
const options = ({ endpoint, region, accessKeyId, secretAccessKey }: S3Place): S3ClientConfig => ({
  region,
  credentials: { accessKeyId, secretAccessKey },
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  requestHandler: { requestTimeout: TIMEOUT_MS, connectionTimeout: 5000, throwOnRequestTimeout: true },
  ...(endpoint && { endpoint, forcePathStyle: true }),
})

type S3Error = Error & { $metadata?: { httpStatusCode?: number } }

/** No answer, or one that says "later", is a store that is away; anything else is a mistake of ours. */
function translated(error: S3Error): Error {
  if (error instanceof AppError) return error
  const status = error.$metadata?.httpStatusCode
  if (error.name === 'NoSuchKey') return new Gone('There is no object under this key.', { cause: error })
  const away = status === undefined || status >= 500 || status === 429
  if (!away) return error
  const sentence = 'The document storage does not answer; try again soon.'
  return new AppError('UNAVAILABLE', sentence, { retryAfter: RETRY_AFTER }, { cause: error })
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw translated(error as S3Error)
  }
}

export function s3Storage(place: S3Place): Storage {
  const client = new S3Client(options(place))
  const at = (key: string) => ({ Bucket: place.bucket, Key: key })
  const put = (key: string, Body: Uint8Array, ContentType: string) =>
    attempt(() => client.send(new PutObjectCommand({ ...at(key), Body, ContentType })))
  const remove = (key: string) => attempt(() => client.send(new DeleteObjectCommand(at(key))))
  return {
    async put(key, bytes, contentType) {
      await put(assertKey(key), bytes, contentType)
    },
    async get(key) {
      const command = new GetObjectCommand(at(assertKey(key)))
      return attempt(async () => (await client.send(command)).Body!.transformToByteArray())
    },
    async delete(key) {
      await remove(assertKey(key))
    },
    async putStream(key, bytes, ContentType) {
      const params = { ...at(assertKey(key)), Body: Readable.from(bytes, { objectMode: false }), ContentType }
      await attempt(() => new Upload({ client, params, queueSize: 1, partSize: PART }).done())
    },
    async *getStream(key) {
      const { Body } = await attempt(() => client.send(new GetObjectCommand(at(assertKey(key)))))
      yield* Body as Readable
    },
    async check() {
      await put(PROBE, new Uint8Array(), 'application/octet-stream')
      await remove(PROBE)
    },
  }
}
