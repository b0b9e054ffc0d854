import { json } from 'node:stream/consumers'
import { Client, type Job } from './client.ts'

const job = (await json(process.stdin)) as Job
process.stdout.write(JSON.stringify(await new Client(job).run()), () => process.exit(0))
