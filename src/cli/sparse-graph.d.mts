export function withSparseGraph(source: string): string
