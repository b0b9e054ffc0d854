export const MAX_TABLES = 500
export const MAX_COLUMNS = 100
export const MAX_ROWS = 1000
/** Rows are counted no further. */
export const MAX_COUNTED = 1_000_000
