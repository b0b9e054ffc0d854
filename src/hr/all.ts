import './employees.ts'
import './leave-requests/mutations.ts'
import './overview.ts'
import './payroll/mutations.ts'
