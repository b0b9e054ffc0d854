import './incidents.ts'
import './monitors/schema.ts'
import './monitors/status.ts'
