import { builder, type InputFields } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { clientst0rRoutes } from '../../core/rest-resource.ts'
import { rowField } from '../../core/row-field.ts'
import { rowMutations } from '../../core/row-mutations.ts'
import { FuelType, Vehicle, VehicleCondition, VehicleStatus, Vehicles, VehicleType } from './type.ts'
import { createVehicle, deleteVehicle, updateVehicle } from './verbs.ts'

const VIEW = `id name vehicleType make model year color vin licensePlate status condition currentMileage fuelType currency
  insuranceProvider insurancePolicyNumber insurancePremium insuranceExpiresAt registrationExpiresAt
  purchaseDate purchasePrice purchaseMileage purchaseVendor latitude longitude lastLocationUpdate
  assignedTo: assignedToId notes createdAt updatedAt`

const ROUTES = clientst0rRoutes({
  name: 'vehicles',
  view: VIEW,
  required: 'name',
  params: {
    status: 'status.eq',
    condition: 'condition.eq',
    vehicle_type: 'vehicleType.eq',
    fuel_type: 'fuelType.eq',
    assigned_to: 'assignedToId.eq',
    make: 'make.eq',
    model: 'model.eq',
    year: 'year.eq',
    insurance_expires_before: 'insuranceExpiresAt.lte',
    insurance_expires_after: 'insuranceExpiresAt.gte',
    registration_expires_before: 'registrationExpiresAt.lte',
    registration_expires_after: 'registrationExpiresAt.gte',
  },
})

builder.queryFields((t) => ({
  vehicles: listField(t, Vehicles, {
    description: 'Vehicles, newest first. A search looks through name, make, model, VIN and license plate.',
    rest: ROUTES.list,
    authScopes: { can: 'vehicles:read' },
  }),
  vehicle: rowField(t, Vehicle, 'vehicle', {
    description: 'One vehicle. NOT_FOUND where there is none.',
    rest: ROUTES.one,
    authScopes: { can: 'vehicles:read' },
  }),
}))

const money = (t: InputFields, description: string) => t.field({ type: 'Decimal', description })
const day = (t: InputFields, description?: string) => t.field({ type: 'Date', description })

const fieldsOf = (t: InputFields) => ({
  vehicleType: t.field({ type: VehicleType, description: 'OTHER unless given.' }),
  make: t.string({ description: 'Who built it.' }),
  model: t.string(),
  year: t.int({ description: 'The model year.' }),
  color: t.string(),
  vin: t.string({ description: '17 letters and digits, without I, O and Q.' }),
  licensePlate: t.string({ description: 'At most 20 characters.' }),
  status: t.field({ type: VehicleStatus, description: 'ACTIVE unless given.' }),
  condition: t.field({ type: VehicleCondition }),
  currentMileage: t.int({ description: 'What the odometer shows.' }),
  fuelType: t.field({ type: FuelType }),
  currency: t.string({ description: 'ISO 4217, of the premium and the price; USD unless given.' }),
  insuranceProvider: t.string(),
  insurancePolicyNumber: t.string(),
  insurancePremium: money(t, 'For a year.'),
  insuranceExpiresAt: day(t, 'The last day it is insured.'),
  registrationExpiresAt: day(t, 'The last day it is registered.'),
  purchaseDate: day(t),
  purchasePrice: money(t, 'Not negative.'),
  purchaseMileage: t.int({ description: 'What the odometer showed then.' }),
  purchaseVendor: t.string({ description: 'Who sold it.' }),
  latitude: t.float({ description: 'Degrees, -90 to 90; with a longitude.' }),
  longitude: t.float({ description: 'Degrees, -180 to 180; with a latitude.' }),
  assignedTo: t.id({ description: 'A member of the organization.' }),
  notes: t.string(),
})

rowMutations(Vehicle, {
  can: 'vehicles:write',
  required: 'name',
  fields: fieldsOf,
  create: { verb: createVehicle, rest: ROUTES.create, description: 'Records a vehicle.' },
  update: {
    verb: updateVehicle,
    rest: ROUTES.update,
    description: 'Changes a vehicle. NOT_FOUND where there is none.',
  },
  delete: { verb: deleteVehicle, rest: false, description: 'Deletes a vehicle and returns it as it was.' },
})
