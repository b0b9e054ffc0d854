import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

const LARGE = { size: 's-4vcpu-8gb', memoryGb: 8, vcpus: 4, diskGb: 160, monthlyCost: '48.00', status: 'active' }

export type Droplets = Record<'suite' | 'worker' | 'portal', number>

export function addServers(rows: Rows, { day, at, now: syncedAt }: Calendar): Droplets {
  const droplet = (providerId: string, name: string, publicIp: string, tags: string[], createdAt: Date) =>
    rows.add('Droplet', { ...LARGE, providerId, name, publicIp, region: 'New York 1', tags, createdAt, syncedAt })
  const suite = droplet('12345678', 'Omni-Suite-Plainfield', '192.0.2.15', [], at(-284, '14:22'))
  const worker = droplet('12345901', 'Omni-Worker-Plainfield', '192.0.2.16', ['jobs'], at(-198, '09:05'))
  const portal = droplet('12346220', 'Portal-Staging', '192.0.2.44', ['staging', 'portal'], at(-61, '16:40'))
  addData(rows, { at, syncedAt })
  rows.add('HostingerVps', {
    ...{ providerId: '4521', hostname: 'vps-prod-1', state: 'running', publicIp: '203.0.113.42', plan: 'KVM 4' },
    ...{ monthlyCost: '19.99', cpus: 4, memoryGb: 16, diskGb: 200, createdAt: at(-320, '11:00'), syncedAt },
  })
  rows.add('Domain', {
    domain: 'example.com',
    expiresAt: day(296),
    autoRenew: true,
    createdAt: at(-800, '10:00'),
    syncedAt,
  })
  return { suite, worker, portal }
}

function addData(rows: Rows, { at, syncedAt }: Pick<Calendar, 'at'> & { syncedAt: Date }): void {
  const cluster = { region: 'New York 1', status: 'online', syncedAt }
  rows.add('DatabaseCluster', {
    ...{
      ...cluster,
      providerId: '9cc10173-e9ea-4176-9dbc-a4cee4c4ff30',
      name: 'omni-main',
      engine: 'pg',
      version: '17',
    },
    ...{ size: 'db-s-2vcpu-4gb', nodes: 2, monthlyCost: '122.00', createdAt: at(-284, '15:03') },
  })
  rows.add('DatabaseCluster', {
    ...{
      ...cluster,
      providerId: '2f1a7a50-6d0b-4f7e-8f43-5b1d0f6f4c11',
      name: 'omni-queue',
      engine: 'valkey',
      version: '8',
    },
    ...{ size: 'db-s-1vcpu-1gb', nodes: 1, monthlyCost: '15.00', createdAt: at(-198, '09:30') },
  })
  const space = (name: string, createdAt: Date) =>
    rows.add('Space', {
      name,
      region: 'nyc3',
      endpoint: `https://${name}.nyc3.digitaloceanspaces.com`,
      createdAt,
      syncedAt,
    })
  space('omni-backups', at(-280, '10:12'))
  space('omni-uploads', at(-240, '13:45'))
}
