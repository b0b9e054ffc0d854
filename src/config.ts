import { z } from 'zod'

export const ROLES = ['all', 'api', 'worker'] as const
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false.')
  .transform((value) => value === 'true' || value === '1')
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
const ports = list
  .refine((items) => items.every((item) => /^\d{1,5}$/.test(item) && +item > 0 && +item < 65_536), {
    message: 'must be port numbers, separated by commas.',
  })
  .transform((items) => items.map(Number))
const address = (scheme: RegExp, example: string) =>
  z.string().refine((value) => scheme.test(URL.parse(value)?.protocol ?? ''), `must be an address like ${example}.`)

const PORT = z.coerce
  .number('must be a port number.')
  .int('must be a whole number.')
  .min(0, 'must be 0 to 65535.')
  .max(65535, 'must be 0 to 65535.')
const masterKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64; make one with: openssl rand -base64 32')

const environment = z.object({
  PORT: PORT.default(4000),
  HOST: z.string().default('127.0.0.1'),
  OPSGRAPH_DATA: z.string().default('.opsgraph'),
  DATABASE_URL: address(/^postgres(ql)?:$/, 'postgresql://user@host:5432/opsgraph').optional(),
  OPSGRAPH_DATABASE_PUBLIC_HOST: z
    .string()
    .regex(/^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i, 'must be a host or host:port like db.example.com:5432.')
    .optional(),
  REDIS_URL: address(/^rediss?:$/, 'redis://127.0.0.1:6379').optional(),
  OPSGRAPH_MASTER_KEY: masterKey.optional(),
  OPSGRAPH_PREVIOUS_MASTER_KEY: masterKey.optional(),
  OPSGRAPH_HIBP_URL: address(/^https?:$/, 'https://api.pwnedpasswords.com').default('https://api.pwnedpasswords.com'),
  OPSGRAPH_RDAP_URL: address(/^https?:$/, 'https://rdap.org').default('https://rdap.org'),
  OPSGRAPH_CHECK_MONTHS: z.coerce
    .number('must be a number of months.')
    .int('must be a whole number.')
    .min(1, 'must be 1 to 120.')
    .max(120, 'must be 1 to 120.')
    .default(3),
  OPSGRAPH_PUBLIC_URL: address(/^https?:$/, 'https://ops.example.com').optional(),
  OPSGRAPH_ROLE: z.enum(ROLES, `must be one of ${ROLES.join(', ')}.`).default('all'),
  OPSGRAPH_SINGLE_PROCESS: flag.default(false),
  OPSGRAPH_TRUSTED_PROXIES: list.default([]),
  OPSGRAPH_ALLOW_PRIVATE_TARGETS: flag.default(false),
  OPSGRAPH_OUTBOUND_PORTS: ports.default([80, 443, 8080, 8443]),
  OPSGRAPH_CLOCK: z.iso.datetime('must be a time in ISO 8601 like 2026-05-23T11:42:00Z.').optional(),
  OPSGRAPH_API_KEY: z.string().optional(),
  OPSGRAPH_SMTP_URL: address(/^smtps?:$/, 'smtps://user:password@mail.example.com').optional(),
  OPSGRAPH_MAIL_FROM: z.string().default('Opsgraph <opsgraph@localhost>'),
  OPSGRAPH_METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters long.').optional(),
  OPSGRAPH_S3_ENDPOINT: address(/^https?:$/, 'https://nyc3.digitaloceanspaces.com').optional(),
  OPSGRAPH_S3_REGION: z.string().default('us-east-1'),
  OPSGRAPH_S3_BUCKET: z.string().optional(),
  OPSGRAPH_S3_ACCESS_KEY_ID: z.string().optional(),
  OPSGRAPH_S3_SECRET_ACCESS_KEY: z.string().optional(),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}.`).default('info'),
  NODE_ENV: z.string().optional(),
})

type Environment = z.output<typeof environment>

export type S3Config = {
  endpoint?: string | undefined
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
}

export type Config = {
  production: boolean
  port: number
  host: string
  dataDir: string
  databaseUrl: string | undefined
  /** Where clients reach the database, where that is not where the server does. */
  databasePublicHost: string | undefined
  redisUrl: string | undefined
  masterKey: string | undefined
  /** What was the master key until a rotation: it still opens what is not rewrapped yet. */
  previousMasterKey: string | undefined
  /** Where breached passwords are looked up. */
  hibpUrl: string
  /** Where registrations of domains are looked up. */
  rdapUrl: string
  /** Whole months for which single checks of monitors are kept. */
  checkMonths: number
  publicUrl: string | undefined
  role: (typeof ROLES)[number]
  /** No other server uses this database: limits may be counted in memory. */
  singleProcess: boolean
  trustedProxies: string[]
  allowPrivateTargets: boolean
  /** The ports of addresses that users name over HTTP. */
  outboundPorts: number[]
  clock: string | undefined
  /** For commands that speak to a server as anybody else does. */
  apiKey: string | undefined
  metricsToken: string | undefined
  /** Where mail is handed to; without it, it is written into the data folder. */
  smtpUrl: string | undefined
  mailFrom: string
  s3: S3Config | undefined
  logLevel: (typeof LEVELS)[number]
}

/** Every mistake in one go, a sentence each. */
export class ConfigurationError extends Error {
  readonly sentences: string[]
  constructor(sentences: string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

function contradictions(env: Environment): string[] {
  const production = env.NODE_ENV === 'production'
  const s3 = [env.OPSGRAPH_S3_BUCKET, env.OPSGRAPH_S3_ACCESS_KEY_ID, env.OPSGRAPH_S3_SECRET_ACCESS_KEY]
  return [
    env.DATABASE_URL &&
      !env.OPSGRAPH_MASTER_KEY &&
      'OPSGRAPH_MASTER_KEY must be set when DATABASE_URL is; make one with: openssl rand -base64 32',
    env.OPSGRAPH_PREVIOUS_MASTER_KEY &&
      env.OPSGRAPH_PREVIOUS_MASTER_KEY === env.OPSGRAPH_MASTER_KEY &&
      'OPSGRAPH_PREVIOUS_MASTER_KEY is the same as OPSGRAPH_MASTER_KEY; it names the key before it.',
    production && env.OPSGRAPH_CLOCK && 'OPSGRAPH_CLOCK is for development only; unset it, or NODE_ENV=production.',
    production &&
      env.OPSGRAPH_ALLOW_PRIVATE_TARGETS &&
      'OPSGRAPH_ALLOW_PRIVATE_TARGETS is for development only; unset it, or NODE_ENV=production.',
    s3.some(Boolean) &&
      !s3.every(Boolean) &&
      'OPSGRAPH_S3_BUCKET, OPSGRAPH_S3_ACCESS_KEY_ID and OPSGRAPH_S3_SECRET_ACCESS_KEY must be set together.',
  ].filter((sentence) => typeof sentence === 'string')
}

function s3Of(env: Environment): S3Config | undefined {
  if (!env.OPSGRAPH_S3_BUCKET) return undefined
  return {
    endpoint: env.OPSGRAPH_S3_ENDPOINT,
    region: env.OPSGRAPH_S3_REGION,
    bucket: env.OPSGRAPH_S3_BUCKET,
    accessKeyId: env.OPSGRAPH_S3_ACCESS_KEY_ID!,
    secretAccessKey: env.OPSGRAPH_S3_SECRET_ACCESS_KEY!,
  }
}

/** Reads the environment; an empty variable is an absent one. */
export function readConfig(variables: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = environment.safeParse(present)
  if (!result.success)
    throw new ConfigurationError(result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`))
  const env = result.data
  const wrong = contradictions(env)
  if (wrong.length) throw new ConfigurationError(wrong)
  return {
    production: env.NODE_ENV === 'production',
    port: env.PORT,
    host: env.HOST,
    dataDir: env.OPSGRAPH_DATA,
    databaseUrl: env.DATABASE_URL,
    databasePublicHost: env.OPSGRAPH_DATABASE_PUBLIC_HOST,
    redisUrl: env.REDIS_URL,
    masterKey: env.OPSGRAPH_MASTER_KEY,
    previousMasterKey: env.OPSGRAPH_PREVIOUS_MASTER_KEY,
    hibpUrl: env.OPSGRAPH_HIBP_URL.replace(/\/+$/, ''),
    rdapUrl: env.OPSGRAPH_RDAP_URL.replace(/\/+$/, ''),
    checkMonths: env.OPSGRAPH_CHECK_MONTHS,
    publicUrl: env.OPSGRAPH_PUBLIC_URL?.replace(/\/$/, ''),
    role: env.OPSGRAPH_ROLE,
    singleProcess: env.OPSGRAPH_SINGLE_PROCESS || !env.DATABASE_URL,
    trustedProxies: env.OPSGRAPH_TRUSTED_PROXIES,
    allowPrivateTargets: env.OPSGRAPH_ALLOW_PRIVATE_TARGETS,
    outboundPorts: env.OPSGRAPH_OUTBOUND_PORTS,
    clock: env.OPSGRAPH_CLOCK,
    apiKey: env.OPSGRAPH_API_KEY,
    metricsToken: env.OPSGRAPH_METRICS_TOKEN,
    smtpUrl: env.OPSGRAPH_SMTP_URL,
    mailFrom: env.OPSGRAPH_MAIL_FROM,
    s3: s3Of(env),
    logLevel: env.LOG_LEVEL,
  }
}
