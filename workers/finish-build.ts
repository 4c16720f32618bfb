import { cp } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { writeBundle } from './workflow-bundle.ts'

/** The last step of a build: what the compiler leaves out, migrations and the workflow bundle, goes into dist/ too. */
const fromDist = (path: string) => fileURLToPath(new URL(path, import.meta.url))

await cp(fromDist('../../connectors/hub/migrations/'), fromDist('../connectors/hub/migrations/'), {
  recursive: true,
})
await writeBundle()
