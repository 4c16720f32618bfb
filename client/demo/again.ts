/**
 * How the tour is begun once more, to look around at its end: as it was begun now. Whoever installed the package has none of the scripts of a clone.
 * `script`: npm's name of the one that runs.
 */
export function toLookAround(verb: 'demo' | 'demo enrich', script: string | undefined): string {
  const words = [...verb.split(' ').slice(1), '--keep'].join(' ')
  const command = script === 'demo' ? `npm run demo -- ${words}` : `npx pimflow demo ${words}`
  return `${command} leaves all of it running, to look around`
}

/** Of this process; undefined where npm started none. */
export const npmScript = (): string | undefined => process.env['npm_lifecycle_event']
