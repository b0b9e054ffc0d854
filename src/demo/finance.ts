import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

const VENDORS = [
  ['DigitalOcean', 'https://www.digitalocean.com'],
  ['Hostinger', 'https://www.hostinger.com'],
  ['GitHub', 'https://github.com'],
  ['Google Workspace', 'https://workspace.google.com'],
  ['Plainfield Properties', null],
  ['Harbor Mutual Insurance', null],
  ['Ledger & Co Accounting', null],
  ['Metro Fiber', null],
  ['Bright Office Cleaning', null],
  ['Northwind Hardware', null],
  ['Cedar Legal', null],
  ['Fieldprint Marketing', null],
] as const

const BUSINESS_LINES = [
  'Managed IT',
  'Web development',
  'SaaS subscriptions',
  'Hosting',
  'Security consulting',
  'Training',
  'Hardware resale',
  'Fleet services',
  'Internal operations',
]

/** Days ago, amount, vendor, business line. Together 18450.00 in and 7920.50 out in the last 30 days. */
const RECENT_INCOME = [
  [2, '4200.00', 1],
  [5, '3850.00', 2],
  [9, '2900.00', 0],
  [14, '2750.00', 4],
  [19, '3150.00', 1],
  [24, '1600.00', 3],
] as const
const RECENT_EXPENSES = [
  [1, '144.00', 0, 3],
  [3, '2450.00', 9, 6],
  [6, '650.00', 4, 8],
  [8, '1875.25', 10, 8],
  [12, '487.50', 2, 8],
  [16, '1310.00', 11, 2],
  [21, '603.75', 6, 8],
  [26, '400.00', 5, 8],
] as const
const EARLIER = 28

/** 1245.00 a month, whatever the interval. */
const RECURRING = [
  ['Droplets', '144.00', 'month', 0, true],
  ['VPS', '19.99', 'month', 1, true],
  ['Mail and documents', '108.00', 'month', 3, true],
  ['Office rent', '650.00', 'month', 4, true],
  ['Liability insurance', '1200.00', 'year', 5, true],
  ['Bookkeeping', '450.00', 'quarter', 6, true],
  ['Internet line', '60.01', 'month', 7, true],
  ['Window cleaning', '3.00', 'week', 8, true],
  ['Old backup line', '79.00', 'month', 7, false],
] as const

export function addFinance(rows: Rows, calendar: Calendar): void {
  const { at, month } = calendar
  const since = { createdAt: at(-365, '09:00'), updatedAt: at(-365, '09:00') }
  const vendors = VENDORS.map(([name, website], i) =>
    rows.add('Vendor', { name, website, email: `billing${i + 1}@example.com`, ...since }),
  )
  const lines = BUSINESS_LINES.map((name) => rows.add('BusinessLine', { name, ...since }))
  addTransactions(rows, calendar, vendors, lines)
  for (const [name, amount, interval, vendor, active] of RECURRING)
    rows.add('RecurringCost', { name, amount, interval, active, vendorId: vendors[vendor]!, ...since })
  const thisMonth = month(0)
  const startsOn = new Date(Date.UTC(thisMonth.year, thisMonth.month - 1, 1))
  const year = new Date(Date.UTC(thisMonth.year, 0, 1))
  const budget = (name: string, line: number, amount: string, yearly = false) =>
    rows.add('Budget', {
      ...{ name, businessLineId: lines[line]!, amount, ...since },
      ...(yearly ? { period: 'year', startsOn: year } : { period: 'month', startsOn }),
    })
  budget('Hosting and servers', 3, '400.00')
  budget('Office and overhead', 8, '3500.00')
  budget('Marketing', 2, '1500.00')
  budget('Hardware for resale', 6, '30000.00', true)
}

function addTransactions(
  rows: Rows,
  { day, at }: Calendar,
  vendors: readonly number[],
  lines: readonly number[],
): void {
  const enter = (kind: 'income' | 'expense', ago: number, amount: string, line: number, vendor?: number) => {
    const vendorId = vendor === undefined ? null : vendors[vendor]!
    const memo = kind === 'income' ? `${BUSINESS_LINES[line]}: client payment` : `${VENDORS[vendor ?? 0]![0]} bill`
    const times = { occurredOn: day(-ago), createdAt: at(-ago, '08:30'), updatedAt: at(-ago, '08:30') }
    rows.add('Transaction', { kind, amount, memo, vendorId, businessLineId: lines[line]!, ...times })
  }
  for (const [ago, amount, line] of RECENT_INCOME) enter('income', ago, amount, line)
  for (const [ago, amount, vendor, line] of RECENT_EXPENSES) enter('expense', ago, amount, line, vendor)
  for (let i = 0; i < EARLIER; i++) {
    const ago = 36 + i * 7
    if (i % 3 === 0) enter('income', ago, `${2100 + i * 85}.00`, i % 5)
    else enter('expense', ago, `${120 + i * 37}.${i % 2 ? '50' : '00'}`, (i * 2) % 9, i % 12)
  }
}
