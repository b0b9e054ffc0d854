/** What a spreadsheet program takes for a formula (and what a cell of ours says when it is a text without a letter). */
const GUARDED = /^'*([=+\-@\t\r\n]|$)/
const GUARD = /^'+([=+\-@\t\r\n]|$)/

/** A text as a cell that no spreadsheet program runs, and that is not taken for an absent one. */
export const guarded = (text: string): string => (GUARDED.test(text) ? `'${text}` : text)

/** The text that a cell was made of: `unguarded(guarded(text))` is `text`. */
export const unguarded = (cell: string): string => (GUARD.test(cell) ? cell.slice(1) : cell)
