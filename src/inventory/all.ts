import './tags.ts'
import './assets/schema.ts'
import './vehicles/schema.ts'
import './exchange-fields.ts'
