import { describe, expect, it } from 'vitest'
import { readText } from '../packaging/files.ts'
import { generatedFiles, regenerated } from './blocks.ts'

describe('what docs say of the sources', () => {
  it.each(generatedFiles)('%s is as `npm run docs` writes it', async (path) => {
    expect(readText(path)).toBe(await regenerated(path))
  })
})
