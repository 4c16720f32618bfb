import { readFileSync } from 'node:fs'

const packageOf = (path: string) =>
  (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version

/** Of what is measured and what it stands on. */
export const versions = (): Record<string, string> => ({
  pimflow: packageOf('../../package.json'),
  node: process.versions.node,
  v8: process.versions.v8,
  temporal: packageOf('../../node_modules/@temporalio/worker/package.json'),
})
