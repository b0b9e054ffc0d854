import { benchKey } from './data/keys.ts'
import type { Shape } from './data/shape.ts'

export const WORKLOADS = ['W1', 'W2', 'W3', 'W4', 'W5'] as const
export type Workload = (typeof WORKLOADS)[number]

export const MEANING: Record<Workload, string> = {
  W1: '25 newest leads and their total',
  W2: 'one asset by id',
  W3: '25 invoices → client, → lines',
  W4: 'create an asset, with event and audit row',
  W5: 'search=switch, page 2 of 50 assets, and the total',
}

/** What one request asks for, whichever door it goes through. */
export type Ask = {
  organization: number
  key: string
  assetId: number
  asset: { name: string; assetType: string; serialNumber: string; location: string; notes: string }
}

const ASKS = 2000
/** A prime, so that the ids asked for are spread over the table. */
const STRIDE = 37_813

const about = (n: number, { assets, assetOrganizations }: Shape, organization: number): Ask => {
  const perOrganization = Math.floor(assets / assetOrganizations)
  const ordinal = (n * STRIDE) % perOrganization
  return {
    organization,
    key: benchKey(organization),
    assetId: ordinal * assetOrganizations + organization,
    asset: {
      name: `New switch ${n}`,
      assetType: 'switch',
      serialNumber: `NS${n}`,
      location: `Floor ${n % 9}`,
      notes: `Installed in rack ${n % 40}`,
    },
  }
}

/** The same sequence for every peer; assets are asked for by organizations that have some. */
export function asks(workload: Workload, shape: Shape): Ask[] {
  const organizations = workload === 'W1' || workload === 'W3' ? shape.organizations : shape.assetOrganizations
  return Array.from({ length: ASKS }, (_, n) => about(n, shape, 1 + (n % organizations)))
}
