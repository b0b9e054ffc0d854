import type { Context } from '../../core/context.ts'
import type { AnyExchange } from '../../exchange/exchange.ts'
import { exportRows } from '../../exchange/writing/export.ts'
import type { Call } from '../command.ts'
import { interruptible } from '../interrupt.ts'
import { inNamed, withApp } from '../opened.ts'
import { watched } from '../progress.ts'
import { counted, formatOfName, formatOption } from './format.ts'
import { intoFile, intoStream, unlessInterrupted } from './output.ts'

type Counting = { count(args: object): Promise<number> }

type Written = { rows: number; whole: boolean }

async function written(call: Call, ctx: Context, exchange: AnyExchange, signal: AbortSignal): Promise<Written> {
  const output = call.text('output')
  const format = formatOption(call) ?? formatOfName(output ?? '') ?? 'csv'
  const delegate = ctx.db[exchange.declared.list.delegate as 'asset'] as unknown as Counting
  const all = await delegate.count({})
  const show = watched(call.terminal)
  let rows = 0
  const progress = (sofar: number) => {
    rows = sofar
    show(sofar, all ? sofar / all : undefined)
  }
  const parts = exportRows(ctx, { exchange, format, signal, progress })
  if (!output) return { whole: await intoStream(call, parts, signal), rows }
  await intoFile(output, parts, signal)
  return { whole: true, rows }
}

export async function runExport(call: Call, load: () => Promise<AnyExchange>): Promise<void> {
  const exchange = await load()
  const { rows, whole } = await interruptible((signal) =>
    withApp(call, async (app) =>
      written(call, await inNamed(app, call.needed('organization')), exchange, signal),
    ).catch((error: unknown) => unlessInterrupted(error, signal)),
  )
  const output = call.text('output')
  if (output) call.print({ rows, file: output }, `${counted(rows)} exported to ${output}.`)
  else if (whole) call.terminal.err(`${counted(rows)} exported.`)
}
