import { writeBundle } from './workflow-bundle.ts'

await writeBundle()
