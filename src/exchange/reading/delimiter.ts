const DELIMITERS = [',', ';', '\t']
const QUOTED = /"(?:[^"]|"")*"/g
const LONGEST_HEADER = 64 * 1024
const LINE_ENDING = /[\r\n]/

/** The beginning of a file, whatever stands in quotes taken out. */
const bare = (head: Buffer): string => head.subarray(0, LONGEST_HEADER).toString().replaceAll(QUOTED, '').trimStart()

/** Whether a file's beginning holds its first line, or as much of it as tells. */
export const isWholeHeader = (head: Buffer): boolean => head.length >= LONGEST_HEADER || LINE_ENDING.test(bare(head))

/** Programs of countries with a decimal comma separate by semicolons: the header tells. */
export function delimiterOf(head: Buffer): string {
  const header = bare(head).split(LINE_ENDING, 1)[0]!
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: header.split(delimiter).length }))
  return counted.reduce((most, each) => (each.count > most.count ? each : most)).delimiter
}
