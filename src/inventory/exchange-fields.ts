import { exchangeFields } from '../exchange/fields.ts'
import { assetExchange } from './assets/exchange.ts'
import { vehicleExchange } from './vehicles/exchange.ts'

exchangeFields(assetExchange, { read: 'assets:read', write: 'assets:write' })
exchangeFields(vehicleExchange, { read: 'vehicles:read', write: 'vehicles:write' })
