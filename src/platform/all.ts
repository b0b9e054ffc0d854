import './groups/schema.ts'
import './jobs/schema.ts'
import './projects/schema.ts'
import './tables/schema.ts'
