import { afterEach, beforeEach } from 'vitest'
import type { Context } from '../../src/core/context.ts'
import { courierOf } from '../../src/courier.ts'
import { deliverDue } from '../../src/webhooks/courier/deliver.ts'
import { dispatchEvents } from '../../src/webhooks/courier/dispatch.ts'
import { createWebhookEndpoint } from '../../src/webhooks/endpoints/verbs.ts'
import { NOON } from './app.ts'
import { type TestGraph, testGraph } from './graph.ts'
import { Receiver } from './receiver.ts'

type Row = Record<string, any>

/** Events, endpoints and a receiver of one's own, at a time that passes when it is told to. */
export class CourierDesk {
  readonly graph: TestGraph
  receiver!: Receiver
  now = new Date(NOON)
  ctx!: Context

  constructor(graph: TestGraph) {
    this.graph = graph
  }

  readonly begin = async () => {
    this.receiver = await Receiver.open()
    this.now = new Date(NOON)
    this.ctx = { ...this.graph.as().ctx, clock: { now: () => this.now } }
  }

  readonly clear = async () => {
    await this.receiver[Symbol.asyncDispose]()
    await this.rows('DELETE FROM webhook_endpoint')
    await this.rows('DELETE FROM event')
  }

  readonly courier = () => ({
    ...courierOf(this.graph.kit.app),
    clock: { now: () => this.now },
    contextOf: () => this.ctx,
  })

  readonly dispatch = () => dispatchEvents({ pool: this.graph.kit.app.pool, now: this.now })

  readonly send = (most?: number) => deliverDue(this.courier(), most === undefined ? {} : { most })

  readonly pass = (milliseconds: number) => {
    this.now = new Date(this.now.getTime() + milliseconds)
  }

  readonly endpoint = (input: object = {}) =>
    createWebhookEndpoint(this.ctx, { url: this.receiver.url, events: ['lead.*'], ...input })

  readonly rows = (text: string, values: unknown[] = []) => this.graph.kit.app.query<Row>(text, values)

  readonly deliveries = () => this.rows('SELECT * FROM webhook_delivery ORDER BY id')

  readonly attempts = () => this.rows('SELECT * FROM webhook_attempt ORDER BY id')

  readonly endpointRow = async (id: number) =>
    (await this.rows('SELECT * FROM webhook_endpoint WHERE id = $1', [id]))[0]!
}

/** `const desk = courierDesk()` at the top of a test file. */
export function courierDesk(): CourierDesk {
  const desk = new CourierDesk(testGraph({ OPSGRAPH_ALLOW_PRIVATE_TARGETS: 'true' }))
  beforeEach(desk.begin)
  afterEach(desk.clear)
  return desk
}
