import { describe, expect, it } from 'vitest'
import { fitting } from '../../domain/fitting.ts'
import { inTurn } from '../../domain/in-turn.ts'
import { byCode } from '../../domain/text.ts'

describe('work in turn', () => {
  it('is done for each item, never more at once than it may', async () => {
    const done: number[] = []
    let underWay = 0
    let most = 0
    await inTurn([1, 2, 3, 4, 5], 2, async (item) => {
      most = Math.max(most, ++underWay)
      await Promise.resolve()
      underWay--
      done.push(item)
    })
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5])
    expect(most).toBe(2)
  })

  it('ends with the first failure, when what is under way has ended', async () => {
    const done: number[] = []
    const work = inTurn([1, 2, 3, 4, 5], 2, async (item) => {
      if (item === 1) throw new Error('one failed')
      await Promise.resolve()
      done.push(item)
    })
    await expect(work).rejects.toThrow('one failed')
    expect(done).toEqual([2])
  })
})

describe('items that fit', () => {
  it.each([
    [100, ['aa', 'bb', 'cc']],
    [8, ['aa', 'bb']],
    [7, ['aa']],
    // One that is larger than all of it has to go alone.
    [1, ['aa']],
  ])('into %i characters', (characters, expected) => {
    expect(fitting(['aa', 'bb', 'cc'], characters)).toEqual(expected)
  })
})

describe('codes', () => {
  it('are in the order of their letters, whatever the language of the machine', () => {
    expect(['b', 'Z', 'ä', 'a', 'a'].sort(byCode)).toEqual(['Z', 'a', 'a', 'b', 'ä'])
  })
})
