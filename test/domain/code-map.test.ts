import { expect, it } from 'vitest'
import { CodeMap } from '../../domain/code-map.ts'
import { byCode, isBlank } from '../../domain/text.ts'

it('a CodeMap finds a code in any letter case', () => {
  const map = new CodeMap([['Apollon', 1]])
  expect(map.get('APOLLON')).toBe(1)
  expect(map.has('apollon')).toBe(true)
  map.set('aPOLLON', 2)
  expect([...map]).toEqual([['apollon', 2]])
  expect(map.delete('APOLLON')).toBe(true)
  expect(map.size).toBe(0)
})

it('isBlank counts blanks alone as nothing to read', () => {
  expect(isBlank(' \t\n')).toBe(true)
  expect(isBlank(' x ')).toBe(false)
})

it('byCode orders by code unit on every machine', () => {
  expect(['b', 'a', 'B', 'é'].sort(byCode)).toEqual(['B', 'a', 'b', 'é'])
})
