import { TEXTS } from '../../fuzz/hostile.ts'

const STORABLE = TEXTS.filter((text) => text.isWellFormed() && !text.includes('\0'))

/** What a text column can hold. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...STORABLE.filter((text) => text.length < 1000),
  ...[
    '"',
    '\\',
    '\\\\"',
    "'",
    'O\'Brien "Bob" \\o/',
    '\n',
    'a\nb\r\n\tc',
    '\u0001\u0002\u001f',
    '\b\f\u007f',
    '\u2028\u2029',
  ],
  ...[
    '👩‍👩‍👧‍👦 family',
    'Ünïcödé ßtraße',
    'ÅNGSTRÖM',
    'ångström',
    '日本語テキスト',
    'مرحبا',
    'e\u0301',
    '\u00e9',
    '$1',
    '$$',
    '{}',
    '{"a",b}',
  ],
  ...[
    '50%',
    '100_percent',
    'C:\\temp',
    'trailing ',
    ' leading',
    'null',
    'NULL',
    'true',
    '1',
    '-0',
    'x'.repeat(3000),
    '🙂'.repeat(400),
  ],
]

export const HOSTILE_TIMES: readonly string[] = [
  ...['2026-05-23T11:42:00Z', '2026-05-23T11:42:00.1Z', '2026-05-23T11:42:00.12Z', '2026-05-23T11:42:00.123Z'],
  ...['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00Z', '1969-12-31T23:59:59.500Z', '1970-01-01T00:00:00Z'],
  ...['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '1582-10-10T00:00:00.010Z', '2024-02-29T12:00:00.001Z'],
]

export const HOSTILE_DATES: readonly string[] = [
  ...['2026-05-23', '2025-12-31', '2026-01-01', '2024-02-29', '0001-01-01', '0099-12-31', '9999-12-31', '1969-12-31'],
  ...['1900-03-01', '1582-10-10', '1582-10-15', '2000-02-29'],
]

export const HOSTILE_JSON: readonly unknown[] = [
  ...[{}, [], {}, { '': '' }, { a: null }, { '2': 1, '10': 2, '1': 3, b: 1, aa: 2 }, { 'a"b\\c\n': '"\\\n\u0001' }],
  ...[JSON.parse('{"__proto__": {"x": 1}, "constructor": 1}'), { deep: [{ er: [[], {}, [null]] }] }, 'text', 7, true],
  ...[[1.5, 1e21, 1e-7, -0.5, 0.1, 12345678901234], { emoji: '👩‍👩‍👧', ключ: 'значение', '\u2028': '\u2029' }],
]

const DIGITS = [
  '0',
  '1',
  '-1',
  '0.1',
  '0.10',
  '0.005',
  '-0.01',
  '12.5',
  '1250.00',
  '-1250.5',
  '99.999',
  '100',
  '0.000001',
]

/** Numbers of as many digits as a column has room for. */
export const hostileDecimals = (precision: number, scale: number): string[] => {
  const most = `${'9'.repeat(precision - scale)}.${'9'.repeat(scale)}`
  return [...DIGITS, '123.456789', '1000000', most, `-${most}`]
}

export const HOSTILE_FLOATS: readonly number[] = [0, 0.1, 1.5, -1, 8, 0.3, 1e-7, 123456.789, 16_777_216, 3.4e38]
