import './endpoints/schema.ts'
import './deliveries/schema.ts'
