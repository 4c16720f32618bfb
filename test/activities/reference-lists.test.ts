import { afterEach, describe, expect, it, vi } from 'vitest'
import type { IcecatRuntime } from '../../activities/dependencies.ts'
import { languagesOf, referenceLists } from '../../activities/enrichment/lists.ts'
import { mappingOf, mappingText } from '../domain/enrichment/target.ts'

afterEach(() => {
  vi.useRealTimers()
})

const lists: Record<string, unknown[]> = {
  suppliers: [{ id: '1', name: 'Northlamp', sponsor: false }],
  supplierAliases: [
    { id: '1', aliases: ['North Lamp GmbH'] },
    { id: '99', aliases: ['Nobody'] },
  ],
  measures: [{ id: '24', sign: 'mm' }],
  vocabulary: [
    { word: 'Black', texts: { EN: 'Black', DE: 'Schwarz', FI: 'Musta' } },
    { word: 'Musta', texts: { FI: 'Musta' } },
  ],
}

/** Icecat as one worker has it, and which lists it was asked for. */
function icecat(failing = 0) {
  const asked: string[] = []
  let left = failing
  async function* references(name: string) {
    asked.push(name)
    if (left-- > 0) throw new Error('Icecat is in trouble')
    for (const one of lists[name] ?? []) yield await Promise.resolve(one)
  }
  // What of a runtime is used here.
  // The lane alone is used.
  const runtime = {
    inLane: (_lane: string, _signal: AbortSignal, work: (client: object) => Promise<unknown>) =>
      work({ references }),
  } as unknown as IcecatRuntime
  return { runtime, asked }
}

const mapping = (more = '') => mappingOf(mappingText('name: title', more))
const { signal } = new AbortController()

describe('Icecat’s lists', () => {
  it('are fetched once for all who ask, with every name of a brand and the words that the mapping needs', async () => {
    const { runtime, asked } = icecat()
    const [one, other] = await Promise.all([
      referenceLists(runtime, mapping(), signal),
      referenceLists(runtime, mapping(), signal),
    ])
    expect(other).toBe(one)
    expect(asked).toEqual(['suppliers', 'supplierAliases', 'measures', 'vocabulary'])
    expect(one.brands.find('NORTH LAMP GmbH.')).toMatchObject({ id: '1', name: 'Northlamp' })
    expect(one.brands.find('Nobody')).toBeUndefined()
    expect([...one.measures]).toEqual([['24', 'mm']])
    expect([...one.vocabulary]).toEqual([['black', { EN: 'Black', DE: 'Schwarz' }]])
  })

  it('leave out the words where the mapping does not go by them, and are fetched for those that it comes to need', async () => {
    const { runtime, asked } = icecat()
    const without = await referenceLists(runtime, mapping('options: { match: [code] }'), signal)
    expect(without.vocabulary.size).toBe(0)
    expect(asked).not.toContain('vocabulary')
    expect((await referenceLists(runtime, mapping(), signal)).vocabulary.size).toBe(1)
  })

  it('are asked for again after a failure, and after half a day', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { runtime, asked } = icecat(1)
    await expect(referenceLists(runtime, mapping(), signal)).rejects.toThrow('Icecat is in trouble')
    const first = await referenceLists(runtime, mapping(), signal)
    vi.setSystemTime(Date.now() + 11 * 3_600_000)
    expect(await referenceLists(runtime, mapping(), signal)).toBe(first)
    vi.setSystemTime(Date.now() + 2 * 3_600_000)
    expect(await referenceLists(runtime, mapping(), signal)).not.toBe(first)
    expect(asked.filter((name) => name === 'suppliers')).toHaveLength(3)
  })

  it('are of each language that feeds a value, the neutral one first', () => {
    expect(languagesOf(mapping())).toEqual(['EN', 'US', 'DE', 'FR', 'ES'])
  })
})
