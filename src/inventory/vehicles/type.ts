import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { defineList } from '../../core/list/declare.ts'
import {
  VehicleCondition as CONDITIONS,
  FuelType as FUELS,
  VehicleStatus as STATUSES,
  VehicleType as TYPES,
} from '../../db/generated/enums.ts'

export const VehicleType = enumOf('VehicleType', TYPES, 'What kind of vehicle it is.')
export const VehicleStatus = enumOf('VehicleStatus', STATUSES, 'Whether a vehicle can be driven today.')
export const VehicleCondition = enumOf('VehicleCondition', CONDITIONS, 'How well a vehicle is kept.')
export const FuelType = enumOf('FuelType', FUELS, 'What a vehicle runs on.')

export const Vehicle = builder.prismaObject('Vehicle', {
  description: 'A vehicle of the fleet.',
  authScopes: { can: 'vehicles:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    vehicleType: t.expose('vehicleType', { type: VehicleType }),
    make: t.exposeString('make', { nullable: true, description: 'Who built it.' }),
    model: t.exposeString('model', { nullable: true }),
    year: t.exposeInt('year', { nullable: true, description: 'The model year.' }),
    color: t.exposeString('color', { nullable: true }),
    vin: t.exposeString('vin', { nullable: true, description: 'The vehicle identification number: 17 characters.' }),
    licensePlate: t.exposeString('licensePlate', { nullable: true }),
    status: t.expose('status', { type: VehicleStatus }),
    condition: t.expose('condition', { type: VehicleCondition, nullable: true }),
    currentMileage: t.exposeInt('currentMileage', { nullable: true, description: 'What the odometer shows.' }),
    fuelType: t.expose('fuelType', { type: FuelType, nullable: true }),
    currency: t.exposeString('currency', { description: 'ISO 4217, of the premium and the price.' }),
    insuranceProvider: t.exposeString('insuranceProvider', { nullable: true }),
    insurancePolicyNumber: t.exposeString('insurancePolicyNumber', { nullable: true }),
    insurancePremium: t.expose('insurancePremium', { type: 'Decimal', nullable: true, description: 'For a year.' }),
    insuranceExpiresAt: t.expose('insuranceExpiresAt', {
      type: 'Date',
      nullable: true,
      description: 'The last day it is insured.',
    }),
    registrationExpiresAt: t.expose('registrationExpiresAt', {
      type: 'Date',
      nullable: true,
      description: 'The last day it is registered.',
    }),
    purchaseDate: t.expose('purchaseDate', { type: 'Date', nullable: true }),
    purchasePrice: t.expose('purchasePrice', { type: 'Decimal', nullable: true }),
    purchaseMileage: t.exposeInt('purchaseMileage', { nullable: true, description: 'What the odometer showed then.' }),
    purchaseVendor: t.exposeString('purchaseVendor', { nullable: true, description: 'Who sold it.' }),
    latitude: t.exposeFloat('latitude', { nullable: true, description: 'Degrees north of the equator.' }),
    longitude: t.exposeFloat('longitude', { nullable: true, description: 'Degrees east of Greenwich.' }),
    lastLocationUpdate: t.expose('lastLocationUpdate', {
      type: 'DateTime',
      nullable: true,
      description: 'When latitude or longitude last changed; kept by the server.',
    }),
    assignedToId: t.exposeID('assignedToId', { nullable: true }),
    assignedTo: t.relation('assignedTo', { nullable: true, description: 'Who drives it, or answers for it.' }),
    notes: t.exposeString('notes', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

const COLUMNS = {
  name: 'String',
  vehicleType: VehicleType,
  make: 'String',
  model: 'String',
  year: 'Int',
  color: 'String',
  vin: 'String',
  licensePlate: 'String',
  status: VehicleStatus,
  condition: VehicleCondition,
  currentMileage: 'Int',
  fuelType: FuelType,
  currency: 'String',
  insuranceProvider: 'String',
  insurancePolicyNumber: 'String',
  insurancePremium: 'Decimal',
  insuranceExpiresAt: 'Date',
  registrationExpiresAt: 'Date',
  purchaseDate: 'Date',
  purchasePrice: 'Decimal',
  purchaseMileage: 'Int',
  purchaseVendor: 'String',
  latitude: 'Float',
  longitude: 'Float',
  lastLocationUpdate: 'DateTime',
  assignedToId: 'ID',
  createdAt: 'DateTime',
  updatedAt: 'DateTime',
} as const

export const Vehicles = defineList({
  model: 'Vehicle',
  filter: COLUMNS,
  search: ['searchText'],
  order: ['id', ...Object.keys(COLUMNS), 'notes'],
  defaultOrder: '-createdAt',
})
