import { expect, it } from 'vitest'
import { onlyRow } from '../../../connectors/hub/database.ts'

it('a statement that always has a row is not read as if it had said 0', () => {
  expect(onlyRow([{ n: 0 }])).toEqual({ n: 0 })
  expect(() => onlyRow([])).toThrow('A statement that always gives a row gave none')
})
