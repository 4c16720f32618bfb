import { expect, it } from 'vitest'
import { toLookAround } from '../../client/demo/again.ts'

it.each([
  ['demo', 'demo', 'npm run demo -- --keep'],
  ['demo enrich', 'demo', 'npm run demo -- enrich --keep'],
  ['demo', undefined, 'npx pimflow demo --keep'],
  ['demo enrich', 'npx', 'npx pimflow demo enrich --keep'],
] as const)(
  'the tour (%s) that npm’s script %s began says how to look around: %s',
  (verb, script, command) => {
    expect(toLookAround(verb, script)).toBe(`${command} leaves all of it running, to look around`)
  },
)
