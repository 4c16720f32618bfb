import { describe, expect, it } from 'vitest'
import { longestCode, storableText, unstorable } from '../../domain/storable.ts'

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

describe('a document that cannot be kept', () => {
  it.each([
    ['a NUL character', { a: [{ b: 'x\0y' }] }, ['a', 0, 'b']],
    ['a NUL character in a name', { 'a\0': 1 }, ['a\0']],
    ['half a surrogate pair', { a: '\ud83d' }, ['a']],
    ['the other half', ['\ude00'], [0]],
    ['a name that no index takes', { ['n'.repeat(longestCode + 1)]: 1 }, ['n'.repeat(longestCode + 1)]],
  ])('has %s, and it is said where', (_what, value, path) => {
    expect(unstorable(value)).toMatchObject({ path })
  })

  it('is nested deeper than anything that can be meant, whatever its depth', () => {
    expect(unstorable(deep(32))).toBeUndefined()
    for (const levels of [33, 1_000, 1_000_000])
      expect(unstorable(deep(levels))?.message).toContain('32 levels')
  })

  it('is not one with emoji, with text in any script or with NULs that are spelled out', () => {
    expect(
      unstorable({ a: ['😀', '漢字', '\\u0000', '', null, 1, true, { b: 'x'.repeat(2_000_000) }] }),
    ).toBeUndefined()
  })

  it('can be spoken of in text that can', () => {
    expect(storableText('a\0b\ud83d')).toBe('a\ufffdb\ufffd')
    expect(storableText('x'.repeat(5_000))).toHaveLength(longestCode)
  })
})
