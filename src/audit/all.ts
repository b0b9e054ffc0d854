import './request-log.ts'
import './trail/schema.ts'
