import { expect, it } from 'vitest'
import { readText } from './files.ts'

it('git leaves alone what commands write into a clone: secrets, local servers, the morning page', () => {
  const ignored = readText('.gitignore').split('\n')
  for (const written of ['.env', '.pimflow/', 'pimflow-report.html']) expect(ignored).toContain(written)
})
