import { toldData } from './catalogue.ts'

export type Happening = {
  type: string
  at: Date
  data: unknown
  organization: { id: number; name: string }
}

const toTheSecond = (time: Date): string => time.toISOString().replace(/\.\d{3}Z$/, 'Z')

/** A payload as it is documented; always the same text for the same event. */
export const messageOf = ({ type, at, data, organization: { id, name } }: Happening): string =>
  JSON.stringify({ event: type, timestamp: toTheSecond(at), organization: { id, name }, data: toldData(type, data) })

/** What an event is called on its way: the same to every endpoint, and whenever it is sent again. */
export const messageId = (eventId: bigint | number | string): string => `evt_${eventId}`
