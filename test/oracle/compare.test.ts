import { describe, expect, it } from 'vitest'
import { compareDump, type Dumped } from './compare.ts'
import type { OracleRecord } from './hub.ts'

const source = { uuid: 'u1', code: 'L-1', updated: '2026-11-20T08:15:30Z', mapping: 'default@1' }
const lamp: OracleRecord = {
  kind: 'product',
  key: 'L-1',
  fields: {
    status: 'active',
    source: { code: 'L-1', mapping: 'default@1' },
    name: { en_US: 'Lamp' },
    group: 'lamps',
    categories: ['a', 'b'],
    media: [{ role: 'main', fileName: 'l.jpg' }],
    related: [{ type: 'X_SELL', kind: 'product', code: 'L-2', position: 1 }],
    openLinks: ['UPSELL L-3'],
    kit: { type: 'basic', components: [{ kind: 'product', code: 'L-2', quantity: '2', unit: 'each' }] },
  },
}
const dumpedLamp: Dumped = {
  kind: 'product',
  id: '1',
  version: 4,
  status: 'active',
  source,
  name: { en_US: 'Lamp' },
  groupId: '9',
  categories: ['b', 'a'],
  media: [{ role: 'main', code: 'x/l.jpg', fileName: 'l.jpg', size: 5 }],
  related: [{ type: 'X_SELL', kind: 'product', id: '2', position: 1 }],
  pending: [{ field: 'related.UPSELL', code: 'u3', why: 'withheld' }],
  kit: { type: 'basic', components: [{ kind: 'product', id: '2', quantity: '2', unit: 'each' }] },
}
const neighbours: Dumped[] = [
  { kind: 'product', id: '2', source: { ...source, code: 'L-2' } },
  { kind: 'group', id: '9', source: { ...source, uuid: null, code: 'lamps' } },
]
const differences = (change: Dumped) =>
  compareDump([lamp], [{ ...dumpedLamp, ...change }, ...neighbours]).differences.filter((line) =>
    line.startsWith('product L-1'),
  )

describe('compareDump', () => {
  it('finds nothing where a dump says the same by ids, in another order of categories', () => {
    expect(differences({})).toEqual([])
  })

  it.each([
    ['a value', { name: { en_US: 'lamp' } }, 'product L-1 name.en_US: expected "Lamp", found "lamp"'],
    ['a field too many', { barcode: '1' }, 'product L-1 barcode: expected nothing, found "1"'],
    ['a field too few', { name: undefined }, 'product L-1 name: expected {"en_US":"Lamp"}, found nothing'],
    ['a group', { groupId: '2' }, 'product L-1 group: expected "lamps", found "L-2"'],
    ['a position', { related: [{ type: 'X_SELL', kind: 'product', id: '2', position: 2 }] }, /related/],
    ['a link that waits', { pending: [] }, /openLinks/],
    ['a file', { media: [] }, /media/],
    ['a part of a kit', { kit: { type: 'basic', components: [] } }, /kit.components/],
  ])('names %s that differs', (_what, change, line) => {
    expect(differences(change)).toEqual([expect.stringMatching(line)])
  })

  it('names records that are missing, left over, there twice or should have been rejected', () => {
    expect(compareDump([lamp], []).differences).toEqual(['product L-1: is not in the dump'])
    expect(compareDump([], [dumpedLamp, dumpedLamp]).differences).toEqual([
      'product L-1: is in the dump twice',
      'product L-1: is in the dump, and the catalogue does not have it',
    ])
    const rejected = { ...lamp, rejected: 'weight' }
    expect(compareDump([rejected], [dumpedLamp]).differences).toEqual([
      'product L-1: expected to be rejected for weight, found in the dump',
    ])
    expect(compareDump([{ ...rejected, kept: true }], [dumpedLamp]).differences).toEqual([])
  })

  it('says nothing of fields that are not decided', () => {
    const undecided: OracleRecord = { ...lamp, undecided: ['name'] }
    const dump = [{ ...dumpedLamp, name: { en_US: 'lamp' } }, ...neighbours]
    expect(compareDump([undecided], dump).differences.filter((line) => line.includes('L-1'))).toEqual([])
  })
})
