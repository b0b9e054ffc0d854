import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { modelOfId } from './rows.ts'

/** Which id stands at a place of the input, `lines.0.employeeId`; undefined leaves an optional one out. */
export type IdAt = (path: string, model: string, required: boolean) => number | undefined

export type Filling = { idAt: IdAt; salt: number }

/** Left out, each because it contradicts another field that is given. */
const OMITTED: Record<string, string> = {
  taxRate: 'beside tax',
  isAdmin: 'beside scopes',
  leftOn: 'beside an active status',
  dryRun: 'beside a change that is looked for',
  renameColumns: 'beside columns that nothing knows',
  dropColumns: 'the same',
  confirm: 'beside nothing that is lost',
  rows: 'beside values',
}

const sample = (name: string, { salt }: Filling): unknown => {
  const samples: Record<string, unknown> = {
    ...{ email: `generated-${salt}@example.com`, owner: `generated-${salt}@example.com` },
    stage: salt % 2 ? 'QUALIFIED' : 'PROPOSAL',
    ...{ url: `https://example.com/${salt}`, website: `https://example.com/${salt}` },
    format: 'CSV',
    uri: `postgresql://generated:generated-${salt}@host-${salt}.example.com:5432/generated`,
    ...{ minimumRole: 'ADMIN', access: salt % 2 ? 'READ' : 'READ_WRITE' },
    ...{ currency: 'EUR', color: '#123456', locale: 'de-AT', soc2Control: 'CC7.1' },
    ...{ ipAddress: '192.0.2.9', macAddress: `00:1b:44:11:3a:${String((salt % 90) + 10)}`, hostname: `host-${salt}` },
    ...{ vin: `1HGCM82633A${String(100_000 + salt)}`, licensePlate: `OG ${salt}` },
    /** A check by TCP, the second of its kind, needs a port; others do without. */
    target: salt % 5 === 1 ? `host-${salt}.example.com:22` : `host-${salt}.example.com`,
    ...{ expectedStatusCode: 200, checkIntervalMinutes: 60 + (salt % 90) },
    ...{ month: 5, probability: (salt % 90) + 5, score: (salt % 90) + 5, net: '8.00' },
    ...{ endsOn: '2026-06-20', dueOn: '2026-06-20', expiresAt: `2027-01-01T00:00:${String((salt % 50) + 10)}Z` },
    ...{
      startsOn: '2026-06-01',
      issuedOn: '2026-06-01',
      occurredOn: '2026-05-01',
      paidOn: '2026-05-22',
      hiredOn: '2026-05-01',
    },
    ...{ repo: `example/repository-${salt}`, githubRepo: `example/repository-${salt}` },
    ...{ scopes: ['apps'], allowedCidrs: ['192.0.2.0/24'], customFields: { shelf: salt }, number: `G-${salt}` },
    otpSecret: `otpauth://totp/Generated:${salt}?secret=JBSWY3DPEHPK3PXP&issuer=Generated`,
    ...{ events: ['lead.*'], headers: [{ name: `X-Generated-${salt}`, value: 'generated' }] },
    ...{ since: '2026-05-01T00:00:00Z', until: '2026-06-01T00:00:00Z' },
    ...{ rowId: '1', values: {} },
    columns: [{ name: `column_${salt}`, type: 'text' }],
    addColumns: [{ name: `added_${salt}`, type: 'integer', default: salt, check: { min: 0 } }],
    content: Buffer.from(`Generated ${salt}`).toString('base64'),
  }
  return samples[name]
}

/** Where one word means two things: by the type that it is a field of. */
const slug = (owner: string, salt: number) =>
  owner.includes('App') ? `example/generated-${salt}` : `generated-${salt}`
const content = (owner: string, salt: number) =>
  owner.includes('Import') ? `name,notes\nGenerated ${salt},${salt}` : undefined
const year = (owner: string, salt: number) => (owner.includes('Vehicle') ? 1990 + (salt % 30) : 1900 + (salt % 300))

const BY_TYPE: Record<string, (name: string, filling: Filling) => unknown> = {
  String: (name, { salt }) => `Generated ${name} ${salt}`,
  Int: (_name, { salt }) => (salt % 90) + 5,
  Float: () => 1.5,
  Boolean: (_name, { salt }) => salt % 2 === 0,
  Decimal: (_name, { salt }) => `${(salt % 90) + 10}.00`,
  Date: () => '2026-06-15',
  DateTime: (_name, { salt }) => `2026-05-01T00:00:${String((salt % 50) + 10)}Z`,
}

/** Where a time has to be near, where a name is one of a few, and where less would need somebody's approval. */
const AT_PLACE: Record<string, unknown> = {
  'ApproveRevealInput.expiresAt': '2026-06-01T00:00:00Z',
  'StartJobInput.name': 'vault.check-breaches',
  'UpdateCredentialInput.requiresApproval': true,
  'UpdateCredentialInput.requiresReason': true,
  'UpdateCredentialInput.revealsPerHour': 5,
}

/** Needed as soon as there are several to choose from. */
const NEEDED = [
  'CreateTableInput.groupId',
  ...['CreateGroupInput', 'CreateBackupScheduleInput', 'StartBackupInput'].map((input) => `${input}.projectId`),
]

type Place = { owner: string; name: string; path: string; required: boolean }

function leaf(type: GraphQLInputType, place: Place, filling: Filling): unknown {
  const { name, owner, path, required } = place
  const kind = String(getNullableType(type))
  if (kind === 'ID') return filling.idAt(path, modelOfId(name), required || NEEDED.includes(`${owner}.${name}`))
  if (name === 'slug') return slug(owner, filling.salt)
  if (name === 'year') return year(owner, filling.salt)
  if (AT_PLACE[`${owner}.${name}`]) return AT_PLACE[`${owner}.${name}`]
  const text = name === 'content' ? content(owner, filling.salt) : undefined
  const known = text ?? sample(name, filling) ?? BY_TYPE[kind]?.(name, filling)
  if (known === undefined) throw new Error(`Nothing is known to fill ${owner}.${path} (${kind}) with.`)
  return known
}

function value(type: GraphQLInputType, place: Place, filling: Filling): unknown {
  const bare = getNullableType(type)
  if (isListType(bare)) {
    const whole = sample(place.name, filling)
    if (Array.isArray(whole)) return whole
    const one = value(bare.ofType, { ...place, path: `${place.path}.0` }, filling)
    return one === undefined ? undefined : [one]
  }
  if (isEnumType(bare) && sample(place.name, filling)) return sample(place.name, filling)
  if (isEnumType(bare)) return bare.getValues()[filling.salt % bare.getValues().length]!.name
  return isInputObjectType(bare) ? inputFor(bare, filling, place.path) : leaf(bare, place, filling)
}

/** An input with every field that can stand beside the others, with values that look like somebody's. */
export function inputFor(type: GraphQLInputType, filling: Filling, at = ''): Record<string, unknown> {
  const bare = getNullableType(type)
  if (!isInputObjectType(bare)) throw new Error(`${String(type)} is no input object.`)
  const fields = Object.values(bare.getFields()).filter(({ name }) => !OMITTED[name])
  const filled = fields.map((field) => {
    const place = {
      owner: bare.name,
      name: field.name,
      path: at ? `${at}.${field.name}` : field.name,
      required: isNonNullType(field.type),
    }
    return [field.name, value(field.type, place, filling)] as const
  })
  return Object.fromEntries(filled.filter(([, filledValue]) => filledValue !== undefined))
}

export type ForeignId = { path: string; model: string }

/** Every place in an input where another row is named. */
export function foreignIds(type: GraphQLInputType): ForeignId[] {
  const found: ForeignId[] = []
  inputFor(type, {
    salt: 1,
    idAt: (path, model) => {
      found.push({ path, model })
      return 1
    },
  })
  return found
}
