import { text } from 'node:stream/consumers'
import { type Config, readConfig } from '../config.ts'
import { VERSION } from '../version.ts'
import { Call, type Command, type Terminal, UsageError } from './command.ts'
import { audit } from './commands/audit.ts'
import { auth } from './commands/auth.ts'
import { backups } from './commands/backup.ts'
import { contract } from './commands/contract.ts'
import { demo } from './commands/demo.ts'
import { exchanges } from './commands/exchange.ts'
import { init } from './commands/init.ts'
import { jobs } from './commands/jobs.ts'
import { keys } from './commands/keys.ts'
import { listen } from './commands/listen.ts'
import { migrate } from './commands/migrate.ts'
import { serve } from './commands/serve.ts'
import { vault } from './commands/vault.ts'
import { webhooks } from './commands/webhooks/all.ts'
import { commandHelp, overview } from './help.ts'
import { sentencesOf } from './remedy.ts'

const COMMANDS: readonly Command[] = [
  ...[serve, demo, init, ...keys, ...auth, ...jobs, ...vault, ...exchanges, ...audit, ...backups],
  ...[...webhooks, listen, migrate, contract],
]

const OK = 0
const FAILURE = 1
const USAGE = 2

const CLEAR = '\r\x1b[K'

/** A line of progress stands until something else is said. */
function terminalOf({ stdin, stdout, stderr }: typeof process): Terminal {
  let standing = false
  const cleared = () => {
    if (standing) stderr.write(CLEAR)
    standing = false
  }
  const progress = (line: string) => {
    standing = true
    stderr.write(`${CLEAR}opsgraph: ${line}`)
  }
  const said = (stream: NodeJS.WriteStream, line: string) => {
    cleared()
    stream.write(line)
  }
  return {
    out: (line) => said(stdout, `${line}\n`),
    err: (line) => said(stderr, `opsgraph: ${line}\n`),
    input: () => text(stdin),
    progress: stderr.isTTY ? progress : undefined,
  }
}

/** `keys create --name x`: the command, and what is left for it. */
function find(argv: readonly string[]): { command: Command; args: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ')
    const command = COMMANDS.find((candidate) => candidate.name === name)
    if (command) return { command, args: argv.slice(words) }
  }
  return undefined
}

const wantsHelp = (args: readonly string[]): boolean => args.some((arg) => arg === '--help' || arg === '-h')

/** `help`, `help keys`, `keys --help`, `--help`: what to print, when that is what was asked for. */
function helpFor(argv: readonly string[]): string | undefined {
  const [first] = argv
  if (first !== 'help' && !wantsHelp(argv)) return undefined
  const asked = argv.filter((arg) => arg !== '--help' && arg !== '-h' && arg !== 'help')
  const found = find(asked)
  if (found) return commandHelp(found.command)
  const group = COMMANDS.filter(({ name }) => asked.length > 0 && name.startsWith(`${asked[0]} `))
  return group.length ? group.map(commandHelp).join('\n\n') : overview(COMMANDS, VERSION)
}

function unknown(argv: readonly string[]): UsageError {
  const [first] = argv
  if (first === undefined) return new UsageError('A command is missing.')
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name)
  return group.length
    ? new UsageError(`${first} needs a second word: ${group.join(', ')}.`, first)
    : new UsageError(`There is no command ${first}.`)
}

async function dispatch(argv: readonly string[], config: () => Config, terminal: Terminal): Promise<void> {
  if (argv[0] === '--version') return terminal.out(VERSION)
  const help = helpFor(argv)
  if (help !== undefined) return terminal.out(help)
  const found = find(argv)
  if (!found) throw unknown(argv)
  await found.command.run(new Call(found.command, found.args, terminal, config))
}

/** Runs one command: 0 when it did what was asked, 1 when it could not, 2 when it was not understood. */
export async function runCli(
  argv: readonly string[],
  environment: Record<string, string | undefined>,
  terminal: Terminal = terminalOf(process),
): Promise<number> {
  try {
    await dispatch(argv, () => readConfig(environment), terminal)
    return OK
  } catch (error) {
    for (const sentence of sentencesOf(error)) terminal.err(sentence)
    if (!(error instanceof UsageError)) return FAILURE
    terminal.err(`Try: opsgraph ${error.command ? `${error.command} ` : ''}--help`)
    return USAGE
  }
}
