import './documents/schema.ts'
import './notes.ts'
