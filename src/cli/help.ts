import { type Command, optionsOf } from './command.ts'

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

function usage({ name, argument, options }: Command): string {
  const required = Object.entries(options).filter(([, option]) => option.required)
  const words = [
    ...(argument ? [`<${argument.name}>`] : []),
    ...required.map(([option, { value }]) => `--${option} <${value}>`),
    '[options]',
  ]
  return `opsgraph ${name} ${words.join(' ')}`
}

export function commandHelp(command: Command): string {
  const options = Object.entries(optionsOf(command)).map(([name, { value, description, multiple }]) => {
    const left = `--${name}${value ? ` <${value}>` : ''}`
    return [left, multiple ? `${description} May be repeated.` : description] as const
  })
  const argument = command.argument ? [[`<${command.argument.name}>`, command.argument.description] as const] : []
  return [command.summary, '', `Usage: ${usage(command)}`, '', columns([...argument, ...options])].join('\n')
}

export const overview = (commands: readonly Command[], version: string): string =>
  [
    `Opsgraph ${version}: one operations graph, over GraphQL and four documented REST APIs.`,
    '',
    'Usage: opsgraph <command> [options]',
    '',
    columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'opsgraph <command> --help tells more about one. Settings come from the environment; see .env.example.',
  ].join('\n')
