import { chmod, cp, rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { builtBundle, writeBundle } from './workflow-bundle.ts'

/*
 * The last step of a build: what the compiler leaves out, migrations, the workflow bundle and the right to run, goes into dist/ too. Where nothing has changed it does
 * next to nothing: npm prepares a clone whenever `npx` links it.
 */
const fromDist = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const changedAt = (path: string) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

// npm gives it when it links a clone, once: not to what is built there later.
await chmod(fromDist('../client/cli.js'), 0o755)

// One that was renamed in the sources must not stay under its old name too.
const migrations = fromDist('../connectors/hub/migrations/')
await rm(migrations, { recursive: true, force: true })
await cp(fromDist('../../connectors/hub/migrations/'), migrations, { recursive: true })

/** Written by the compiler when anything it reads has changed, and by npm with every installation. */
const ingredients = [fromDist('../build.tsbuildinfo'), fromDist('../../node_modules/.package-lock.json')]
const newest = Math.max(...(await Promise.all(ingredients.map(changedAt))))
if ((await changedAt(builtBundle)) <= newest) await writeBundle()
