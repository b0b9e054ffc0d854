import './jobs/schema.ts'
