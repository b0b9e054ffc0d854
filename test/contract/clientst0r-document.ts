export type Row = Record<string, any>

/** What the document says of one resource, and what a script would send to it. */
export type Resource = {
  /** The document's own words, method by method. */
  lines: string
  whole: Row
  required: string
  searched: string
  /** Every field that PATCH clears. */
  optional: string
  unsortable?: string
}

export const DOCUMENT: Record<string, Resource> = {
  assets: {
    lines: `GET /api/assets/ List assets (filterable)
      POST /api/assets/ Create asset
      GET /api/assets/{id}/ Get asset detail
      PUT/PATCH /api/assets/{id}/ Update asset
      DELETE /api/assets/{id}/ Delete asset`,
    whole: {
      ...{
        name: 'pier-gw',
        asset_type: 'router',
        serial_number: 'SER-1',
        model: 'M',
        manufacturer: 'F',
        hostname: 'h1',
      },
      ...{ ip_address: '192.0.2.9', mac_address: '02:00:00:00:00:09', location: 'L', notes: 'N', is_active: false },
    },
    required: 'name',
    searched: 'ser-1',
    optional: 'serial_number model manufacturer hostname ip_address mac_address location notes',
    unsortable: 'tags custom_fields organization_name created_by_name',
  },
  passwords: {
    lines: `GET /api/passwords/ List vault entries
      POST /api/passwords/ Create entry
      GET /api/passwords/{id}/ Get entry detail
      GET /api/passwords/{id}/?reveal=true Get entry with plaintext password
      GET /api/passwords/{id}/otp/ Get current TOTP code
      PUT/PATCH /api/passwords/{id}/ Update entry
      DELETE /api/passwords/{id}/ Delete entry`,
    whole: {
      ...{ title: 'Pier gateway', username: 'pier-admin', password: 'hunter2', otp_secret: 'JBSWY3DPEHPK3PXP' },
      ...{ url: 'https://pier.example.com/', notes: 'N', otp_issuer: 'Pier', expires_at: '2027-01-01T00:00:00Z' },
    },
    required: 'title',
    searched: 'pier-adm',
    optional: 'username url notes otp_issuer expires_at password',
    unsortable: 'password password_type_display is_expired tags',
  },
  organizations: {
    lines: `GET /api/organizations/ List accessible organizations
      GET /api/organizations/{id}/ Get organization detail`,
    ...{ whole: {}, required: '', searched: 'omnif', optional: '' },
  },
  vehicles: {
    lines: `GET /api/vehicles/ List vehicles
      POST /api/vehicles/ Create vehicle
      GET /api/vehicles/{id}/ Get vehicle detail
      PUT/PATCH /api/vehicles/{id}/ Update vehicle`,
    whole: { name: 'Pier truck', make: 'Volvo', model: 'FH', license_plate: 'PIER 1', year: 2020, current_mileage: 5 },
    required: 'name',
    searched: 'pier 1',
    optional: 'make model license_plate year current_mileage',
  },
  monitors: {
    lines: `GET /api/monitors/ List WAN monitors
      POST /api/monitors/ Create monitor
      GET /api/monitors/{id}/ Get monitor + status
      PUT/PATCH /api/monitors/{id}/ Update monitor`,
    whole: {
      name: 'Pier site',
      kind: 'website',
      url: 'https://pier.example.com/',
      target: '93.184.215.14',
      asset_id: 1,
    },
    required: 'name',
    searched: 'pier.example',
    optional: 'target asset_id app_id',
  },
}

export const words = (text = '') => text.split(/\s+/).filter(Boolean)
/** Each line of the document, one for each method. */
export const lines = Object.entries(DOCUMENT).flatMap(([name, { lines }]) =>
  lines.split('\n').flatMap((line) => {
    const [, methods, path, what] = /^\s*(\S+) (\S+) (.+)$/.exec(line)!
    return methods!.split('/').map((method) => ({ name, method, path: path!, what: what! }))
  }),
)
export const writable = Object.entries(DOCUMENT).filter(([, { required }]) => required)
export const lists = Object.keys(DOCUMENT)
