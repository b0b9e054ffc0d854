import fc from 'fast-check'

export const RUNS = Number(process.env.OPSGRAPH_FUZZ_RUNS ?? 1)
export const SEED = Number(process.env.OPSGRAPH_FUZZ_SEED ?? 20_260_523)

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
const deepObject = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

export const TEXTS = [
  ...['', ' ', '\0', 'a\0b', '\ud800', 'a\udfffb', '\u202e', '\ufeff', "'; DROP TABLE lead; --", '%00', '%', '../..'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'NaN',
    '-1',
    '0',
    '1',
    '99999999999999999999',
    '1e309',
    '2026-13-45',
  ],
  ...[
    '2026-05-23T11:42:00Z',
    '+275760-09-13T00:00:01Z',
    '0000-00-00',
    '-271821-04-20T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ],
  ...[
    'a@example.com',
    'https://example.com',
    '٣',
    '😀',
    'x'.repeat(5000),
    '%_\\',
    'W10',
    '1,2,,3',
    '{"a":1}',
    '\r\nX-A: b',
  ],
]

export const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 40 }))

const LITERALS = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1.5', '1e308', '1e400', '-1e400', '9007199254740993', '1e-400'],
  ...[
    '2147483648',
    '[]',
    '{}',
    '[null]',
    '[[]]',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{}}}',
    '{"":""}',
  ],
  ...[
    '"\\u0000"',
    '"\\ud800"',
    '{"\\u0000":1}',
    '{"\\udc00":"\\ud800"}',
    deep(70),
    deepObject(70),
    `"${'y'.repeat(20_000)}"`,
  ],
  ...['[1,"a",null,{"a":[]}]', '{"a":{"b":{"c":{}}}}', `[${'1,'.repeat(5000)}1]`],
]

/** JSON as text, so that it can say what no object in memory can: two equal keys, `__proto__`, half a surrogate pair. */
export const json: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...LITERALS) },
  { weight: 3, arbitrary: text.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
)

export type Known = { key: string; decent: fc.Arbitrary<string>; required: boolean }

const written = (entries: readonly (readonly [string, string])[]) =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`

/** An object that might be accepted, but for a few of its fields; sometimes with keys that nobody asked for. */
export function objectOf(known: readonly Known[]): fc.Arbitrary<string> {
  const keys = ['__proto__', 'constructor', '', 'organization_id', 'organizationId', 'id', 'isAdmin']
  const strange = fc.tuple(fc.constantFrom(...keys), json)
  const decent = known.map(({ key, decent }) => fc.tuple(fc.constant(key), decent))
  const hostile = known.map(({ key }) => fc.tuple(fc.constant(key), json))
  const some = (entries: fc.Arbitrary<[string, string]>[], maxLength: number) =>
    entries.length ? fc.array(fc.oneof(...entries), { maxLength }) : fc.constant([])
  const base = fc.tuple(...decent.filter((_entry, i) => known[i]!.required))
  return fc
    .tuple(
      base,
      some(decent, 4),
      some(hostile, 2),
      fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: strange }),
    )
    .map(([all, more, wrong, extra]) => written([...all, ...more, ...wrong, ...(extra ? [extra] : [])]))
}

/** Bodies that are no JSON object at all. */
export const rawBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom('', '{', '[', '"', 'null', '1', '[]', '{}', '{"a":1', '{}{}', deep(10_000), deepObject(10_000))
    .map((written) => Buffer.from(written)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.from('{"name":"\xff\xfe\xc0\x80"}', 'latin1')),
)

export const contentType = fc.constantFrom(
  ...['application/json', 'application/json; charset=utf-8', 'application/json; charset=utf-16', 'text/plain', ''],
  ...[
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ],
  ...['application/json, text/plain', '/', ';', 'application/JSON;;;', 'image/svg+xml', 'a'.repeat(2000)],
)

/** Text in an address: escaped as it should be, or bytes that are no UTF-8, or escapes that are none. */
export const escaped = fc.oneof(
  { weight: 4, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed())) },
  { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%ff', '%c0%80', '%ed%a0%80', '%00', '+', '=', '%26%3D', 'a%') },
)
