import './findings.ts'
import './finding-writes.ts'
import './report.ts'
