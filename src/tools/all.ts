import './tools.ts'
