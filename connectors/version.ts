import { readFileSync } from 'node:fs'

/** Of this build, from package.json, which lies one folder up from the sources and two up from what is built of them. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        version?: string
      }
      if (version) return version
    } catch {
      // Not here: the next one.
    }
  }
  return '0'
}
