/** How many rows, and whose. The one place to put all assets into a single organization. */
export type Shape = {
  organizations: number
  clients: number
  leads: number
  invoices: number
  linesPerInvoice: number
  assets: number
  /** Assets are dealt out to the first so many organizations. */
  assetOrganizations: number
}

export const SHAPE: Shape = {
  organizations: 20,
  clients: 4_000,
  leads: 50_000,
  invoices: 50_000,
  linesPerInvoice: 4,
  assets: 100_000,
  assetOrganizations: 20,
}
