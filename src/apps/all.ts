import './apps.ts'
import './catalog.ts'
import './deployments.ts'
