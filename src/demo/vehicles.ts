import type { Calendar } from './calendar.ts'
import type { Staffed } from './people.ts'

/** Make, model, kind, fuel, color, price, how many: 14 together. */
const MODELS = [
  ['Ford', 'Transit', 'van', 'diesel', 'White', 38_500, 5],
  ['Ford', 'F-150', 'pickup', 'gasoline', 'Blue', 42_900, 3],
  ['Toyota', 'Corolla', 'car', 'hybrid', 'Silver', 23_450, 3],
  ['Tesla', 'Model Y', 'suv', 'electric', 'Black', 44_990, 2],
  ['Big Tex', '14ET', 'trailer', null, 'Grey', 5_200, 1],
] as const
const PLACES = [
  [40.7128, -74.006],
  [40.6782, -73.9442],
  [40.7357, -74.1724],
] as const
const CONDITIONS = ['excellent', 'good', 'good', 'fair'] as const
const RETIRED = 12
const IN_THE_WORKSHOP = 4

type Model = (typeof MODELS)[number]

const padded = (value: number, length: number): string => String(value).padStart(length, '0')

const statusOf = (made: number) => {
  if (made === RETIRED) return 'retired'
  return made === IN_THE_WORKSHOP ? 'maintenance' : 'active'
}

function driven([make, model, vehicleType, fuelType, color]: Model, made: number) {
  const trailer = vehicleType === 'trailer'
  return {
    ...{ name: `${make} ${model} ${padded(made + 1, 2)}`, make, model, vehicleType, fuelType, color },
    ...{ vin: `1FTYR2CM${padded(made * 3701, 9)}`, licensePlate: `OPS ${padded(1000 + made * 71, 4)}` },
    ...{ year: 2018 + (made % 7), condition: CONDITIONS[made % CONDITIONS.length]! },
    currentMileage: trailer ? null : 8_200 + made * 6_430,
  }
}

function owned([, , , , , price]: Model, made: number, { day }: Calendar) {
  return {
    ...{ insuranceProvider: 'Harbor Mutual', insurancePolicyNumber: `HM-${padded(4400 + made, 6)}` },
    ...{ insurancePremium: `${900 + made * 45}.00`, insuranceExpiresAt: day(20 + made * 23) },
    ...{ registrationExpiresAt: day(11 + made * 19), purchaseDate: day(-1500 + made * 95) },
    ...{
      purchasePrice: `${price}.00`,
      purchaseMileage: made % 3 === 0 ? 12_000 : 15,
      purchaseVendor: 'Metro Fleet Sales',
    },
  }
}

/** Whoever is on the road reports where it is. */
function located(made: number, { at }: Calendar) {
  const [latitude, longitude] = PLACES[made % PLACES.length]!
  return statusOf(made) === 'active' ? { latitude, longitude, lastLocationUpdate: at(-(made % 3), '07:45') } : {}
}

export function addVehicles({ rows, ids }: Staffed, calendar: Calendar): void {
  const drivers = [ids.owner, ids.admin, ids.editor]
  const all = MODELS.flatMap((model) => Array<Model>(model[6]).fill(model))
  all.forEach((model, made) => {
    rows.add('Vehicle', {
      ...{ ...driven(model, made), ...owned(model, made, calendar), ...located(made, calendar) },
      ...{ status: statusOf(made), assignedToId: made % 4 === 3 ? null : drivers[made % drivers.length]! },
      notes: made % 5 === 0 ? 'Ladder rack and first-aid kit.' : null,
      createdAt: calendar.at(-280 + made * 17, '09:20'),
      updatedAt: calendar.at(-(made + 1), '16:40'),
    })
  })
}
