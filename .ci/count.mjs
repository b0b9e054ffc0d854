import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Adds up what the runs reported, prints the reasons of what was skipped, and closes with one line. */
const [steps, folder] = process.argv.slice(2)
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
const sum = (field) => reports.reduce((total, report) => total + report[field], 0)
const skipped = reports.flatMap(({ testResults }) =>
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'skipped' || status === 'pending'),
  ),
)
for (const name of new Set(skipped.map(({ fullName }) => fullName))) console.log(`skipped: ${name}`)
const failed = sum('numFailedTests') || Number(steps)
console.log(`${sum('numPassedTests')} passed, ${failed} failed, ${skipped.length} skipped`)
process.exitCode = failed || Number(steps) ? 1 : 0
