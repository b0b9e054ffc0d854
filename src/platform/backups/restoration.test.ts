import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { BackupDesk, RESTORE } from '../../../test/kit/backup-desk.ts'
import { amongOwnTables } from '../../../test/kit/own-tables.ts'
import { removeProject } from '../projects/verbs.ts'

const desk = new BackupDesk()
const { graph, one, own, fileOf, work, backup } = desk
const { done, refusal } = graph

describe('a restoration', () => {
  it('into a new project leaves the old one alone', async () => {
    const id = await backup()
    const before = await own()
    expect(await done(RESTORE, { id, input: { name: 'Drill' } })).toMatchObject({ restoration: 'QUEUED' })
    const outcome = await work('restore')
    expect(outcome).toMatchObject({ tables: 3 })
    expect(await own()).toEqual(before)
    const { projectId } = outcome as { projectId: number }
    expect(await one(id)).toMatchObject({ restoration: 'SUCCEEDED', restoredProjectId: String(projectId) })
    const { ctx } = desk.stock
    const project = await ctx.db.project.findFirstOrThrow({
      where: { id: projectId },
      include: { groups: { include: { tables: { orderBy: { id: 'asc' } } } } },
    })
    expect(project).toMatchObject({ slug: 'drill', description: 'Where things are.', groups: [{ slug: 'stock' }] })
    const [shelf, box, odd] = project.groups[0]!.tables
    expect([shelf, box, odd].map((table) => table!.name)).toEqual(['Shelves', 'Boxes', 'Odd'])
    const counts = await amongOwnTables(graph.kit.app, graph.a.id, async (tx) => {
      const rows = await tx.$queryRawUnsafe(`SELECT (SELECT count(*)::int FROM "${shelf!.physicalName}") AS shelves,
        (SELECT count(*)::int FROM "${box!.physicalName}") AS boxes`)
      const added = await tx.$queryRawUnsafe(
        `INSERT INTO "${box!.physicalName}" (shelf_id) VALUES (1) RETURNING number`,
      )
      return [rows, added]
    })
    expect(counts).toEqual([[{ shelves: 500, boxes: 20 }], [{ number: 65 }]])
    const { events } = await graph.trail()
    const told = ['project.created', 'group.created', ...Array(3).fill('table.created'), 'backup_run.restored']
    expect(events.slice(-6).map(({ type }) => type)).toEqual(told)
    expect(await refusal(RESTORE, { id, input: { name: 'Drill' } })).toMatchObject({ code: 'CONFLICT' })
  })

  it('over the same project brings back what was changed and dropped since', async () => {
    const id = await backup()
    const [before, tables] = [
      await own(),
      await desk.stock.ctx.db.managedTable.findMany({ where: { groupId: desk.stock.groupId }, orderBy: { id: 'asc' } }),
    ]
    await amongOwnTables(graph.kit.app, graph.a.id, async (tx) => {
      await tx.$executeRawUnsafe('DROP VIEW shelves')
      await tx.$executeRawUnsafe('ALTER TABLE shelf DROP COLUMN facts')
      await tx.$executeRawUnsafe('DELETE FROM box')
      await tx.$executeRawUnsafe('CREATE TABLE later (id int)')
    })
    const { organizationId } = desk.stock.ctx
    await desk.stock.ctx.db.managedTable.create({
      data: { organizationId, groupId: desk.stock.groupId, name: 'Later', physicalName: 'later' },
    })
    for (const confirm of [undefined, 'stock', 'WAREHOUSE'])
      expect(await refusal(RESTORE, { id, input: { into: 'SAME', confirm } })).toMatchObject({
        code: 'INVALID_REQUEST',
      })
    await done(RESTORE, { id, input: { into: 'SAME', confirm: 'warehouse' } })
    expect(await work('restore')).toMatchObject({ projectId: desk.stock.projectId, tables: 3 })
    expect(await own()).toEqual(before)
    const again = await desk.stock.ctx.db.managedTable.findMany({
      where: { groupId: desk.stock.groupId },
      orderBy: { id: 'asc' },
    })
    const plain = (rows: typeof again) =>
      rows.map(({ id: tableId, name, physicalName }) => ({ tableId, name, physicalName }))
    expect(plain(again)).toEqual(plain(tables))
    await amongOwnTables(graph.kit.app, graph.a.id, (tx) =>
      tx.$executeRawUnsafe('CREATE VIEW shelves AS SELECT name FROM shelf'),
    )
  })

  it('over tables that others rest on changes nothing', async () => {
    const id = await backup()
    const before = await own()
    await done(RESTORE, { id, input: { into: 'SAME', confirm: 'warehouse' } })
    await expect(work('restore')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await one(id)).toMatchObject({
      restoration: 'FAILED',
      restorationError: expect.stringContaining('rest on its tables'),
    })
    expect(await own()).toEqual(before)
  })

  it('of a damaged file changes nothing', async () => {
    const id = await backup()
    const file = await fileOf(id)
    const bytes = await readFile(file)
    bytes[bytes.length - 20]! ^= 2
    await writeFile(file, bytes)
    const [before, projects] = [await own(), await desk.stock.ctx.db.project.count()]
    await done(RESTORE, { id, input: { name: 'Never' } })
    await expect(work('restore')).rejects.toThrow('The backup is damaged: ')
    expect([await own(), await desk.stock.ctx.db.project.count()]).toEqual([before, projects])
  })

  it('brings back a project that was deleted since', async () => {
    const { data } = await graph.as().run('mutation { createProject(input: {name: "Gone"}) { id } }')
    const id = await backup({ projectId: data.createProject.id })
    await removeProject(desk.stock.ctx, Number(data.createProject.id))
    expect(await one(id)).toMatchObject({ projectId: null, projectSlug: 'gone' })
    expect(await refusal(RESTORE, { id, input: { into: 'SAME', confirm: 'gone' } })).toMatchObject({ code: 'CONFLICT' })
    await done(RESTORE, { id, input: { name: 'Gone' } })
    await work('restore')
    expect(await desk.stock.ctx.db.project.findFirst({ where: { slug: 'gone' } })).not.toBeNull()
  })
})

it('everything that was told is as the catalogue says', () =>
  desk.expectTold([
    ...['created', 'succeeded', 'restoring', 'restored'].map((verb) => `backup_run.${verb}`),
    ...['table.created', 'table.updated', 'table.deleted', 'group.created', 'project.created', 'project.deleted'],
  ]))
