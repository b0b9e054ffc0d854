import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { invalid } from '../../core/errors.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { deleteRow, insertRow, insertRows, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import {
  VehicleCondition as CONDITIONS,
  FuelType as FUELS,
  VehicleStatus as STATUSES,
  VehicleType as TYPES,
} from '../../db/generated/enums.ts'

const FIRST_YEAR = 1886
const LAST_YEAR = 2100
const MOST_MILES = 10_000_000

const between = (least: number, most: number) =>
  z.number().min(least, `must be at least ${least}.`).max(most, `must be at most ${most}.`)

const YEARS = `must be a year from ${FIRST_YEAR} to ${LAST_YEAR}.`
const year = z.int().min(FIRST_YEAR, YEARS).max(LAST_YEAR, YEARS)
const mileage = z.int().min(0, 'must not be negative.').max(MOST_MILES, `must be at most ${MOST_MILES}.`)
const vin = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-HJ-NPR-Z0-9]{17}$/, 'must be 17 letters and digits, without I, O and Q.')
const licensePlate = rules.name.max(20, 'must be at most 20 characters long.')

const fields = {
  vehicleType: z.enum(TYPES).optional(),
  make: rules.name.nullish(),
  model: rules.name.nullish(),
  year: year.nullish(),
  color: rules.name.nullish(),
  vin: vin.nullish(),
  licensePlate: licensePlate.nullish(),
  status: z.enum(STATUSES).optional(),
  condition: z.enum(CONDITIONS).nullish(),
  currentMileage: mileage.nullish(),
  fuelType: z.enum(FUELS).nullish(),
  currency: rules.currency.optional(),
  insuranceProvider: rules.name.nullish(),
  insurancePolicyNumber: rules.name.nullish(),
  insurancePremium: rules.positiveMoney.nullish(),
  insuranceExpiresAt: z.date().nullish(),
  registrationExpiresAt: z.date().nullish(),
  purchaseDate: z.date().nullish(),
  purchasePrice: rules.positiveMoney.nullish(),
  purchaseMileage: mileage.nullish(),
  purchaseVendor: rules.name.nullish(),
  latitude: between(-90, 90).nullish(),
  longitude: between(-180, 180).nullish(),
  assignedTo: z.int().nullish(),
  notes: rules.text.nullish(),
}
const creation = z.object({ name: rules.name, ...fields })
const change = z.object({ name: rules.name.optional(), ...fields })

const VEHICLE = { name: 'vehicle' } as const

type Place = { latitude?: number | null | undefined; longitude?: number | null | undefined }

const NOWHERE = { latitude: null, longitude: null }

/** The columns to write. A place is both its numbers or neither, and when it changes is the server's to know. */
function columnsOf<G extends Place & { assignedTo?: number | null | undefined }>(
  ctx: Context,
  given: G,
  before: Place,
) {
  const { assignedTo: assignedToId, ...rest } = given
  const { latitude = before.latitude, longitude = before.longitude } = given
  if (latitude === null && longitude !== null) throw invalid('latitude', 'is needed beside a longitude.')
  if (longitude === null && latitude !== null) throw invalid('longitude', 'is needed beside a latitude.')
  const moved = latitude !== before.latitude || longitude !== before.longitude
  return { ...rest, assignedToId, ...(moved && { lastLocationUpdate: ctx.clock.now() }) }
}

export type NewVehicle = ReturnType<typeof newVehicle>

/** What a creation is judged by; whether its driver is a member is the database's to say. */
export const newVehicle = (ctx: Context, input: Input) => ({
  ...columnsOf(ctx, validated(creation, input), NOWHERE),
  organizationId: ctx.organizationId,
})

export const createVehicle = (ctx: Context, input: Input) => insertRow(ctx, VEHICLE, 'Vehicle', newVehicle(ctx, input))

/** Many at once; their drivers have been looked up. */
export async function insertVehicles(ctx: Context, tx: Transaction, vehicles: readonly NewVehicle[]): Promise<void> {
  const rows = vehicles.map((data) => ({ data }))
  await insertRows(tx, ctx, VEHICLE, 'Vehicle', rows)
}

export const updateVehicle = (ctx: Context, id: number, input: Input) => {
  const given = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, VEHICLE, {
    read: (tx) => tx.vehicle.findUnique({ where }),
    write: (tx, before) => tx.vehicle.update({ where, data: columnsOf(ctx, given, before) }),
  })
}

export const deleteVehicle = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, VEHICLE, {
    read: (tx) => tx.vehicle.findUnique({ ...query, where }),
    remove: (tx) => tx.vehicle.delete({ where }),
  })
}
