import { describe, expect, test } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { statementsOf } from '../../test/kit/statements.ts'
import { createEmployee } from './employees.ts'
import { approveLeave, rejectLeave, requestLeave } from './leave-requests/verbs.ts'
import { approvePayrollRun, createPayrollRun, markPayrollRunPaid, updatePayrollRun } from './payroll/verbs.ts'

const graph = testGraph()

const HIRED = new Date('2024-01-15')
const employee = (fields: object = {}, organization: 'a' | 'b' = 'a') =>
  createEmployee(graph.as({ organization }).ctx, { name: 'Yuki Tanaka', hiredOn: HIRED, ...fields })

const leave = async (from: string, to: string, employeeId?: number, organization: 'a' | 'b' = 'a') =>
  requestLeave(graph.as({ organization }).ctx, {
    employeeId: employeeId ?? (await employee()).id,
    kind: 'vacation',
    startsOn: new Date(from),
    endsOn: new Date(to),
  })

const tail = async (count: number) => {
  const { events, audit } = await graph.trail()
  const types = events.slice(-count).map(({ type }) => type)
  expect(audit.slice(-count).map(({ action }) => action)).toEqual(types)
  return types
}

describe('employees', () => {
  test('are created, changed and deleted, and each is announced and audited', async () => {
    const { run } = graph.as()
    const input = { name: 'Dana Reyes', hiredOn: '2021-08-01', title: 'Head of operations' }
    const created = await run(
      'mutation($input: CreateEmployeeInput!) { createEmployee(input: $input) { id status } }',
      {
        input,
      },
    )
    const { id, status } = created.data.createEmployee
    expect(status).toBe('ACTIVE')
    const left = await run(`mutation { updateEmployee(id: ${id}, input: { status: TERMINATED }) { leftOn title } }`)
    expect(left.data.updateEmployee).toEqual({ leftOn: '2026-05-23', title: 'Head of operations' })
    await run(`mutation { deleteEmployee(id: ${id}) { id } }`)
    expect(await tail(3)).toEqual(['employee.created', 'employee.updated', 'employee.deleted'])
  })

  test('cannot leave before they came', async () => {
    const { id } = await employee()
    const { errors } = await graph
      .as()
      .run(`mutation { updateEmployee(id: ${id}, input: { leftOn: "2024-01-14" }) { id } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_REQUEST', fields: { leftOn: [expect.any(String)] } })
  })

  test('stay while a payroll run pays them', async () => {
    const { ctx, run } = graph.as()
    const { id } = await employee()
    await createPayrollRun(ctx, { month: 1, year: 2020, lines: [{ employeeId: id, gross: '2', net: '1' }] })
    const { errors } = await run(`mutation { deleteEmployee(id: ${id}) { id } }`)
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
  })

  test('are written only with hr:write', async () => {
    const { errors } = await graph
      .as({ permissions: ['hr:read'] })
      .run('mutation { createEmployee(input: { name: "x", hiredOn: "2024-01-01" }) { id } }')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'hr:write' })
  })
})

describe('leave', () => {
  test('is asked for and approved, announced and audited', async () => {
    const { run } = graph.as()
    const { id } = await leave('2026-06-01', '2026-06-05')
    const { data } = await run(`mutation { approveLeave(id: ${id}) { status employee { name } } }`)
    expect(data.approveLeave).toEqual({ status: 'APPROVED', employee: { name: 'Yuki Tanaka' } })
    expect(await tail(2)).toEqual(['leave_request.created', 'leave_request.approved'])
  })

  test('that was decided is not decided again, but can be withdrawn once', async () => {
    const { ctx, run } = graph.as()
    const { id } = await leave('2026-06-01', '2026-06-05')
    await approveLeave(ctx, id)
    await expect(rejectLeave(ctx, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await run(`mutation { cancelLeave(id: ${id}) { status } }`)).data.cancelLeave.status).toBe('CANCELLED')
    expect((await run(`mutation { cancelLeave(id: ${id}) { status } }`)).errors?.[0]?.extensions.code).toBe('CONFLICT')
  })

  test('is decided once when two decide at the same time', async () => {
    const { ctx } = graph.as()
    const { id } = await leave('2026-06-01', '2026-06-05')
    const tries = await Promise.allSettled([approveLeave(ctx, id), rejectLeave(ctx, id)])
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('that ends before it starts is refused under endsOn', async () => {
    await expect(leave('2026-06-05', '2026-06-01')).rejects.toMatchObject({
      details: { fields: { endsOn: [expect.any(String)] } },
    })
  })

  test('is not granted to whoever has left or is of another organization', async () => {
    const gone = await employee({ status: 'terminated' })
    await expect(leave('2026-06-01', '2026-06-02', gone.id)).rejects.toMatchObject({ code: 'CONFLICT' })
    const foreign = await employee({}, 'b')
    await expect(leave('2026-06-01', '2026-06-02', foreign.id)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('is decided only with hr:write', async () => {
    const { id } = await leave('2026-06-01', '2026-06-05')
    const { errors } = await graph.as({ permissions: ['hr:read'] }).run(`mutation { approveLeave(id: ${id}) { id } }`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'hr:write' })
  })
})

describe('a payroll run', () => {
  const CREATE = `mutation($input: CreatePayrollRunInput!) {
    createPayrollRun(input: $input) { id status totalGross totalNet employeeCount lines { nodes { employee { name } } } }
  }`

  test('goes from draft to approved to paid, announced and audited', async () => {
    const { ctx, run } = graph.as()
    const { id: employeeId } = await employee()
    const lines = [{ employeeId, gross: '2300.10', net: '1775.05' }]
    const { data } = await run(CREATE, { input: { month: 4, year: 2026, lines } })
    expect(data.createPayrollRun).toMatchObject({
      status: 'DRAFT',
      totalGross: '2300.10',
      totalNet: '1775.05',
      employeeCount: 1,
      lines: { nodes: [{ employee: { name: 'Yuki Tanaka' } }] },
    })
    const id = Number(data.createPayrollRun.id)
    await expect(markPayrollRunPaid(ctx, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await updatePayrollRun(ctx, id, { lines: [{ employeeId, gross: '2400', net: '1800' }] })
    await approvePayrollRun(ctx, id)
    await expect(updatePayrollRun(ctx, id, { lines })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await markPayrollRunPaid(ctx, id)).toMatchObject({ status: 'paid' })
    expect(await tail(4)).toEqual(['created', 'updated', 'approved', 'paid'].map((verb) => `payroll_run.${verb}`))
  })

  test('is drafted once a month', async () => {
    const { id: employeeId } = await employee()
    const input = { month: 12, year: 2025, lines: [{ employeeId, gross: '2', net: '1' }] }
    await graph.as().run(CREATE, { input })
    expect((await graph.as().run(CREATE, { input })).errors?.[0]?.extensions.code).toBe('CONFLICT')
  })

  test.each([
    ['month', { month: 13 }, {}],
    ['lines', { lines: [] }, {}],
    ['lines.0.net', {}, { net: '3' }],
    ['employeeId', {}, { employeeId: 999_999 }],
  ])('with a bad %s is refused under its name', async (field, bad, badLine) => {
    const { id: employeeId } = await employee()
    const input = { month: 7, year: 2019, lines: [{ employeeId, gross: '2', net: '1', ...badLine }], ...bad }
    const { errors } = await graph.as().run(CREATE, { input })
    expect(errors?.[0]?.extensions.fields).toHaveProperty([field])
  })

  test('names each employee once', async () => {
    const { id: employeeId } = await employee()
    const line = { employeeId, gross: '2', net: '1' }
    const { errors } = await graph.as().run(CREATE, { input: { month: 7, year: 2019, lines: [line, line] } })
    expect(errors?.[0]?.extensions.fields).toHaveProperty(['lines'])
  })

  test('that is a draft can be deleted; an approved one stays', async () => {
    const { ctx, run } = graph.as()
    const { id: employeeId } = await employee()
    const lines = [{ employeeId, gross: '2', net: '1' }]
    const draft = await createPayrollRun(ctx, { month: 2, year: 2018, lines })
    expect((await run(`mutation { deletePayrollRun(id: ${draft.id}) { month } }`)).data.deletePayrollRun.month).toBe(2)
    const approved = await createPayrollRun(ctx, { month: 2, year: 2018, lines })
    await approvePayrollRun(ctx, approved.id)
    const { errors } = await run(`mutation { deletePayrollRun(id: ${approved.id}) { month } }`)
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
  })

  test('has its totals summed in one statement for all runs', async () => {
    const ask = () => graph.as().run('{ payrollRuns { nodes { totalGross totalNet employeeCount } } }')
    expect(await statementsOf(graph.kit.app.pool, ask)).toBe(2)
  })
})

describe('the overview', () => {
  const OVERVIEW = `{ hrOverview {
    asOf totalEmployees activeEmployees onLeaveToday pendingLeaveRequests
    latestPayroll { month year totalGross totalNet employeeCount status }
  } }`
  const ofB = async () => (await graph.as({ organization: 'b' }).run(OVERVIEW)).data.hrOverview

  test('counts who works here, who is away today, and the latest pay', async () => {
    const { ctx } = graph.as({ organization: 'b' })
    await ctx.db.employee.deleteMany()
    expect(await ofB()).toMatchObject({ totalEmployees: 0, latestPayroll: null })
    const [dana, sam] = [await employee({ name: 'Dana' }, 'b'), await employee({ name: 'Sam' }, 'b')]
    await employee({ status: 'inactive' }, 'b')
    const gone = await employee({}, 'b')
    const away = [
      await leave('2026-05-23', '2026-05-23', dana.id, 'b'),
      await leave('2026-05-20', '2026-05-23', dana.id, 'b'),
      await leave('2026-05-24', '2026-05-30', sam.id, 'b'),
      await leave('2026-05-01', '2026-05-30', gone.id, 'b'),
    ]
    for (const { id } of away) await approveLeave(ctx, id)
    await ctx.db.employee.updateMany({ where: { id: gone.id }, data: { status: 'terminated' } })
    await leave('2026-05-23', '2026-05-23', sam.id, 'b')
    const line = (employeeId: number) => ({ employeeId, gross: '16250.00', net: '12437.50' })
    await createPayrollRun(ctx, { month: 4, year: 2026, lines: [line(dana.id), line(sam.id)] })
    await createPayrollRun(ctx, { month: 12, year: 2025, lines: [line(dana.id)] })
    expect(await ofB()).toEqual({
      asOf: '2026-05-23',
      totalEmployees: 3,
      activeEmployees: 2,
      onLeaveToday: 1,
      pendingLeaveRequests: 1,
      latestPayroll: {
        month: 4,
        year: 2026,
        totalGross: '32500.00',
        totalNet: '24875.00',
        employeeCount: 2,
        status: 'DRAFT',
      },
    })
  })

  test('needs hr:read', async () => {
    const { errors } = await graph.as({ permissions: ['finance:read'] }).run(OVERVIEW)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'hr:read' })
  })
})
