import './request-log.ts'
