const PLAIN = /^-?\d+(\.\d+)?$/
const SCIENTIFIC = /^-?\d+(\.\d+)?e[+-]?\d{1,3}$/i
/** 1,234.50 and 1.234,50 and 1'234.50 and 1 234,50. */
const GROUPED = /^-?\d{1,3}(?:([,.'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:([,.])(\d+))?$/
/** One group: in one country a thousand, in another a fraction. */
const SINGLE_COMMA = /^-?\d{1,3},\d{3}$/
const SINGLE_POINT = /^-?\d{1,3}\.\d{3}$/
const DECIMAL_COMMA = /^-?\d+,\d+$/

const AMBIGUOUS = (text: string) =>
  `could be ${text.replace(',', '')} or ${text.replace(',', '.')}; write one of them so.`

type Understood = { number: string } | { wrong: string }

function grouped(text: string, [, group, point, fraction]: RegExpExecArray): Understood | undefined {
  if (group === point) return undefined
  const whole = (point ? text.slice(0, text.lastIndexOf(point)) : text).replaceAll(group!, '')
  return { number: fraction ? `${whole}.${fraction}` : whole }
}

const WHOLE: Understood = { wrong: 'must be a whole number, like 81200.' }
const FRACTION: Understood = { wrong: 'must be a number, like 1250.00.' }

/** `2021.0` is what programs make of a whole number beside empty cells. */
const NO_FRACTION = /^(-?\d+)(\.0{1,2})?$/

function understoodWhole(text: string, groups: RegExpExecArray | null): Understood {
  const [, plain] = NO_FRACTION.exec(text) ?? []
  if (plain !== undefined) return { number: plain }
  if (!groups || SINGLE_POINT.test(text)) return WHOLE
  const understood = grouped(text, groups)
  return understood && 'number' in understood && NO_FRACTION.test(understood.number) ? understood : WHOLE
}

/** A number as people write it, or as their spreadsheet programs do, in the digits and point that a program reads. */
export function understoodNumber(written: string, wanted: 'whole' | 'fraction'): Understood {
  const text = written.trim().replace(/^\+/, '')
  const groups = GROUPED.exec(text)
  if (wanted === 'whole') return understoodWhole(text, groups)
  if (PLAIN.test(text) || SCIENTIFIC.test(text)) return { number: text }
  if (SINGLE_COMMA.test(text)) return { wrong: AMBIGUOUS(text) }
  const understood = groups && grouped(text, groups)
  if (understood) return understood
  return DECIMAL_COMMA.test(text) ? { number: text.replace(',', '.') } : FRACTION
}
