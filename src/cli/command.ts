import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import type { Config } from '../config.ts'

export type Option = {
  description: string
  /** What stands for the value in the help text; a flag without one. */
  value?: string
  required?: boolean
  /** May be given several times. */
  multiple?: boolean
}

export type Terminal = {
  /** The outcome: what a script reads. */
  out(text: string): void
  /** What is going on, and what went wrong. */
  err(text: string): void
  /** How far it is: a line that the next one replaces; absent where nobody watches. */
  progress?: ((text: string) => void) | undefined
  input(): Promise<string>
  /** Bytes in and out, where they are many; the process's own unless given. */
  streams?: { input: Readable; output: Writable }
}

export type Command = {
  name: string
  summary: string
  argument?: { name: string; description: string }
  options: Record<string, Option>
  run(call: Call): Promise<void>
}

/** A command that was not understood: exit code 2, and where to read how it goes. */
export class UsageError extends Error {
  readonly command: string | undefined
  constructor(sentence: string, command?: string) {
    super(sentence)
    this.command = command
  }
}

const EVERYWHERE: Record<string, Option> = {
  json: { description: 'Print the outcome as JSON.' },
  help: { description: 'Print this.' },
}

export const optionsOf = ({ options }: Command): Record<string, Option> => ({ ...options, ...EVERYWHERE })

/** One invocation: what was given after the command's name, checked against what it takes. */
export class Call {
  readonly command: Command
  readonly terminal: Terminal
  readonly config: () => Config
  private readonly values: Record<string, unknown>
  private readonly positionals: string[]

  constructor(command: Command, args: readonly string[], terminal: Terminal, config: () => Config) {
    this.command = command
    this.terminal = terminal
    this.config = config
    const { values, positionals } = parse(command, args)
    this.values = values
    this.positionals = positionals
    this.refuseIncomplete()
  }

  private refuseIncomplete(): void {
    const { name, argument, options } = this.command
    if (argument && this.positionals.length === 0) throw new UsageError(`<${argument.name}> is missing.`, name)
    for (const [option, { required }] of Object.entries(options))
      if (required && this.values[option] === undefined) throw new UsageError(`--${option} is missing.`, name)
  }

  text(option: string): string | undefined {
    return this.values[option] as string | undefined
  }

  list(option: string): string[] {
    return (this.values[option] as string[] | undefined) ?? []
  }

  has(option: string): boolean {
    return this.values[option] === true
  }

  /** An option that the command names as required. */
  needed(option: string): string {
    return this.values[option] as string
  }

  number(option: string): number | undefined {
    const value = this.text(option)
    if (value === undefined) return undefined
    if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${option} must be a whole number.`, this.command.name)
    return Number(value)
  }

  time(option: string): Date | undefined {
    const text = this.text(option)
    const time = text === undefined ? undefined : new Date(text)
    if (time && Number.isNaN(time.getTime()))
      throw new UsageError(`--${option} must be a time like 2027-01-31T00:00:00Z.`, this.command.name)
    return time
  }

  argument(): string {
    return this.positionals[0] as string
  }

  get streams(): { input: Readable; output: Writable } {
    return this.terminal.streams ?? { input: process.stdin, output: process.stdout }
  }

  /** The argument, where it numbers something. */
  id(): number {
    const id = this.argument()
    if (!/^\d{1,9}$/.test(id)) throw new UsageError('<id> must be a number.', this.command.name)
    return Number(id)
  }

  /** The outcome, for a script or for a person. */
  print(json: unknown, text: string): void {
    this.terminal.out(this.has('json') ? JSON.stringify(json, null, 2) : text)
  }
}

function parse(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(optionsOf(command)).map(([name, { value, multiple = false }]) => [
      name,
      { type: value ? ('string' as const) : ('boolean' as const), multiple },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    const [extra] = positionals.slice(command.argument ? 1 : 0)
    if (extra !== undefined) throw new UsageError(`${extra} is one argument too many.`, command.name)
    return { values, positionals }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError((error as Error).message.replace(/\. To specify[\s\S]*/, '.'), command.name)
  }
}
