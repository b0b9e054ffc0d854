import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

/** Name, title, days employed, monthly gross and net: together 32500.00 and 24875.00. */
const EMPLOYEES = [
  ['James Bratton', 'Managing director', 2100, '6200.00', '4700.00'],
  ['Dana Reyes', 'Head of operations', 1750, '5400.00', '4100.00'],
  ['Priya Nair', 'Senior engineer', 1320, '4800.00', '3675.00'],
  ['Tomas Lindqvist', 'Engineer', 960, '4300.00', '3300.00'],
  ['Sam Okafor', 'Support engineer', 720, '3600.00', '2775.00'],
  ['Grace Holloway', 'Account manager', 540, '3200.00', '2475.00'],
  ['Mateo Alvarez', 'Field technician', 300, '2700.00', '2075.00'],
  ['Yuki Tanaka', 'Bookkeeper', 180, '2300.00', '1775.00'],
] as const
const PAID_MONTHS = 4

export function addPeople(rows: Rows, calendar: Calendar): void {
  const { day, at } = calendar
  const employees = EMPLOYEES.map(([name, title, days]) => {
    const email = `${name.toLowerCase().replace(' ', '.')}@example.com`
    const times = { hiredOn: day(-days), createdAt: at(-days, '09:00'), updatedAt: at(-days, '09:00') }
    return rows.add('Employee', { name, title, email, status: 'active', ...times })
  })
  addLeave(rows, calendar, employees)
  for (let ago = PAID_MONTHS; ago >= 1; ago--) addPayroll(rows, calendar, employees, ago)
}

function addLeave(rows: Rows, { day, at }: Calendar, employees: readonly number[]): void {
  type Leave = { kind: 'vacation' | 'sick' | 'parental'; status: 'pending' | 'approved' | 'rejected'; reason?: string }
  const leave = (employee: number, from: number, to: number, { kind, status, reason }: Leave) => {
    const asked = at(Math.min(from, 0) - 12, '10:20')
    const days = { startsOn: day(from), endsOn: day(to), createdAt: asked, updatedAt: asked }
    rows.add('LeaveRequest', { employeeId: employees[employee]!, kind, status, reason: reason ?? null, ...days })
  }
  leave(5, -2, 3, { kind: 'vacation', status: 'approved', reason: 'Family visit' })
  leave(3, 14, 25, { kind: 'vacation', status: 'pending', reason: 'Summer holiday' })
  leave(7, 40, 110, { kind: 'parental', status: 'pending' })
  leave(4, -33, -31, { kind: 'sick', status: 'approved' })
  leave(6, -20, -16, { kind: 'vacation', status: 'rejected', reason: 'Two others are away that week' })
}

function addPayroll(rows: Rows, { month, at }: Calendar, employees: readonly number[], monthsAgo: number): void {
  const createdAt = at(-30 * monthsAgo, '07:00')
  const payrollRunId = rows.add('PayrollRun', { ...month(-monthsAgo), status: 'paid', createdAt, updatedAt: createdAt })
  EMPLOYEES.forEach(([, , , gross, net], i) => {
    rows.add('PayrollLine', { payrollRunId, employeeId: employees[i]!, gross, net })
  })
}
