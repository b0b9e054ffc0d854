import { beforeAll, expect, it } from 'vitest'
import { projectWithTables } from '../../test/kit/backed-up.ts'
import { testGraph } from '../../test/kit/graph.ts'
import { connected } from '../db/connected.ts'

const graph = testGraph()

/** A worker who is always quicker than the answer: a run is begun before the statement that asked for it has ended. */
const QUICK = `
  CREATE FUNCTION begin_at_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE backup_run SET status = 'running' WHERE id = NEW.id;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER begin_at_once AFTER INSERT ON backup_run
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION begin_at_once()`

let projectId: number
beforeAll(async () => {
  ;({ projectId } = await projectWithTables(graph.kit.app, graph.a.id))
  await connected({ connectionString: graph.kit.config.databaseUrl! }, (client) => client.query(QUICK))
})

it.each([false, true])('what was asked for answers as it was left (field by field: %s)', async (byField) => {
  const { run } = graph.as({ byField })
  const { data, errors } = await run(
    'mutation ($input: StartBackupInput!) { startBackup(input: $input) { id status } }',
    {
      input: { projectId: String(projectId) },
    },
  )
  expect([errors, data.startBackup.status]).toEqual([undefined, 'QUEUED'])
  const read = await run('query ($id: ID!) { backupRun(id: $id) { status } }', { id: data.startBackup.id })
  expect(read.data.backupRun.status).toBe('RUNNING')
})
