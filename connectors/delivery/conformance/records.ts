import { randomUUID } from 'node:crypto'
import type { HubAttribute, HubCategory, HubGroup, HubProduct, HubRecord } from '../../../contracts/hub.ts'

/** Makes records that no destination has seen: their codes begin with `CONFORMANCE-` and the name of the run. */
export interface Records {
  attribute(): HubAttribute
  category(parent?: HubCategory): HubCategory
  group(): HubGroup
  product(fields?: Partial<HubProduct>): HubProduct
}

export function createRecords(run: string): Records {
  let made = 0
  const next = () => `CONFORMANCE-${run}-${++made}`
  return {
    attribute() {
      const code = next()
      return { kind: 'attribute', ...envelope(code), code, type: 'text', labels: { en_US: code } }
    },
    category(parent) {
      const code = next()
      return {
        kind: 'category',
        ...envelope(code),
        code,
        parent: parent?.code ?? null,
        path: parent ? [...parent.path, parent.code] : [],
        position: 1,
        labels: { en_US: code },
      }
    },
    group() {
      const code = next()
      return {
        kind: 'group',
        ...envelope(code),
        name: { en_US: code },
        axes: [{ attribute: 'size', level: 1, values: ['m'] }],
        categories: [],
        attributes: {},
        media: [],
        related: [],
      }
    },
    product(fields = {}) {
      const sku = next()
      return {
        kind: 'product',
        ...envelope(sku),
        sku,
        type: 'physical',
        trackBy: 'product',
        name: { en_US: sku },
        description: { en_US: '<p>Made to try this destination; it leaves again.</p>' },
        categories: [],
        prices: { EUR: { list: '10.5' } },
        attributes: {},
        media: [],
        units: [{ code: 'each', conversion: '1', base: true }],
        related: [],
        ...fields,
      }
    },
  }
}

const envelope = (name: string) => ({
  id: randomUUID(),
  version: 1,
  status: 'active' as const,
  source: { uuid: null, code: name, updated: null, mapping: 'conformance' },
})

/** The record after one more change. */
export const changed = <R extends HubRecord>(record: R, fields: Partial<R> = {}): R => ({
  ...record,
  version: record.version + 1,
  ...fields,
})

export const retired = <R extends HubRecord>(record: R): R => ({
  ...record,
  version: record.version + 1,
  status: 'retired',
  reasons: [{ code: 'not-in-akeneo', text: 'Akeneo has it no more' }],
})

export const withheld = <R extends HubRecord>(record: R): R => ({
  ...record,
  version: record.version + 1,
  status: 'withheld',
  reasons: [{ code: 'disabled', text: 'It is disabled in Akeneo' }],
})
