import type { Context } from '../../core/context.ts'
import { invalid } from '../../core/errors.ts'
import type { Input } from '../../core/validate.ts'
import { defineExchange } from '../../exchange/exchange.ts'
import { amount, calendarDay, choice, fraction, id, moment, whole, words } from '../../exchange/kinds.ts'
import { Vehicles } from './type.ts'
import { insertVehicles, newVehicle } from './verbs.ts'

async function references({ db, organizationId }: Context, inputs: readonly Input[]) {
  const asked = [...new Set(inputs.map(({ assignedTo }) => assignedTo).filter((each) => typeof each === 'number'))]
  const where = { organizationId, id: { in: asked }, status: 'active' as const }
  const found = asked.length ? await db.membership.findMany({ where, select: { id: true } }) : []
  const members = new Set(found.map(({ id }) => id))
  return (input: Input): Input => {
    const { assignedTo } = input
    if (typeof assignedTo === 'number' && !members.has(assignedTo)) throw invalid('assignedTo', 'No such row.')
    return input
  }
}

export const vehicleExchange = defineExchange({
  name: 'vehicle',
  plural: 'vehicles',
  list: Vehicles,
  columns: {
    name: { kind: words },
    vehicleType: { kind: choice },
    make: { kind: words },
    model: { kind: words },
    year: { kind: whole },
    color: { kind: words },
    vin: { kind: words },
    licensePlate: { kind: words },
    status: { kind: choice },
    condition: { kind: choice },
    currentMileage: { kind: whole },
    fuelType: { kind: choice },
    currency: { kind: words },
    insuranceProvider: { kind: words },
    insurancePolicyNumber: { kind: words },
    insurancePremium: { kind: amount },
    insuranceExpiresAt: { kind: calendarDay },
    registrationExpiresAt: { kind: calendarDay },
    purchaseDate: { kind: calendarDay },
    purchasePrice: { kind: amount },
    purchaseMileage: { kind: whole },
    purchaseVendor: { kind: words },
    latitude: { kind: fraction },
    longitude: { kind: fraction },
    assignedTo: {
      kind: id,
      also: ['assignedToId'],
      of: ({ assignedToId }) => assignedToId,
      select: { assignedToId: true },
    },
    notes: { kind: words },
  },
  shown: {
    lastLocationUpdate: { kind: moment },
    createdAt: { kind: moment },
    updatedAt: { kind: moment },
  },
  ignored: [],
  references,
  prepare: newVehicle,
  insert: insertVehicles,
})
