import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubRecord } from '../../../contracts/hub.ts'
import type { AkeneoProduct, AkeneoValues } from '../../../connectors/akeneo/schema.ts'
import { translateGroup, translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import { ecommerce, groupId, lamp, lamps, model, partnerId, uuid } from './lamps.ts'

const links = { product: () => ({ id: partnerId }), group: () => ({ id: groupId }) }
const root = model('apollon', {})

/** Data that fits an attribute's type, emptiness included. */
const fitting: Record<string, fc.Arbitrary<unknown>> = {
  pim_catalog_identifier: fc.string(),
  pim_catalog_text: fc.string(),
  pim_catalog_textarea: fc.string({ unit: 'grapheme' }),
  pim_catalog_number: fc.oneof(fc.integer(), fc.float({ noNaN: true, noDefaultInfinity: true }).map(String)),
  pim_catalog_metric: fc.record({
    amount: fc.integer(),
    unit: fc.constantFrom('GRAM', 'KILOGRAM', 'INCH', 'CENTIMETER'),
  }),
  pim_catalog_boolean: fc.boolean(),
  pim_catalog_date: fc
    .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().replace('Z', '+00:00')),
  pim_catalog_simpleselect: fc.constantFrom('red', 'white', 'm', 'unheard_of'),
  pim_catalog_multiselect: fc.array(fc.constantFrom('winter', 'autumn')),
  pim_catalog_price_collection: fc.array(
    fc.record({
      amount: fc.option(fc.float({ min: 0, noNaN: true, max: 1e9 }).map(String)),
      currency: fc.constantFrom('EUR', 'USD', 'CHF'),
    }),
  ),
}
const anything = fc.jsonValue()

const valuesArb = (fits: boolean): fc.Arbitrary<AkeneoValues> =>
  fc
    .tuple(
      ...[...lamps.attributes.values()].map(({ code, type, localizable, scopable }) =>
        fc
          .array(
            fc.record({
              locale: localizable ? fc.constantFrom('en_US', 'fr_FR', 'it_IT') : fc.constant(null),
              scope: scopable ? fc.constantFrom('ecommerce', 'print') : fc.constant(null),
              data: fits ? fc.option(fitting[type] ?? fc.array(fc.string()), { freq: 20 }) : anything,
            }),
            { maxLength: localizable || scopable ? 4 : 1 },
          )
          .map((entries) => [code, entries] as const),
      ),
    )
    .map((entries) => Object.fromEntries(entries))

const productArb = (fits: boolean): fc.Arbitrary<AkeneoProduct> =>
  fc
    .record({
      values: valuesArb(fits),
      parent: fc.constantFrom(null, 'apollon'),
      enabled: fc.boolean(),
      family: fc.constantFrom(null, 'lamps', 'unheard_of'),
      associations: fc.dictionary(
        fc.constantFrom('X_SELL', 'UPSELL', 'PACK', 'unheard_of'),
        fc.record({
          products: fc.array(fc.string({ minLength: 1 })),
          product_models: fc.array(fc.constant('apollon')),
        }),
      ),
    })
    .map((more) => lamp({}, more))

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.values(value).forEach(freeze)
    Object.freeze(value)
  }
  return value
}

const translated = (source: AkeneoProduct) =>
  translateProduct(source, source.parent ? { root, parent: root } : null, lamps, ecommerce, links)

describe('whatever Akeneo holds', () => {
  it('a translation that is not refused fits the contract, to the last field', () => {
    fc.assert(
      fc.property(fc.boolean().chain(productArb), (source) => {
        const translation = translated(source)
        if (translation.outcome !== 'record') return
        const record = { id: uuid, version: 1, ...translation.record }
        const parsed = HubRecord.safeParse(record)
        expect(parsed.error).toBeUndefined()
        expect(parsed.data).toEqual(record)
      }),
      { numRuns: 300 },
    )
  })

  it('data that fits its type is refused for its unit at most', () => {
    fc.assert(
      fc.property(productArb(true), (source) => {
        const translation = translated(source)
        if (translation.outcome === 'rejected') {
          expect(['unit-unknown', 'value-unreadable']).toContain(translation.problem.code)
          // Tables and files take a list of texts here, which only some of them are.
          if (translation.problem.code === 'value-unreadable') {
            expect(fitting[lamps.attributes.get(translation.problem.field ?? '')?.type ?? '']).toBeUndefined()
          }
        }
      }),
    )
  })

  it('the same input gives the same record and is left as it was', () => {
    fc.assert(
      fc.property(productArb(true), (source) => {
        const before = structuredClone(source)
        expect(translated(freeze(source))).toEqual(translated(structuredClone(before)))
        expect(source).toEqual(before)
      }),
    )
  })

  it('the order in which a store keeps keys changes nothing', () => {
    const reversed = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).reverse())
    fc.assert(
      fc.property(productArb(true), (source) => {
        const turned = {
          ...source,
          values: reversed(source.values),
          associations: reversed(source.associations ?? {}),
        }
        const [one, other] = [translated(source), translated(turned)]
        if (one.outcome === 'record' && other.outcome === 'record') expect(other.record).toEqual(one.record)
        expect(other.outcome).toBe(one.outcome)
      }),
    )
  })

  it('a group fits the contract too', () => {
    fc.assert(
      fc.property(valuesArb(true), valuesArb(true), (values, below) => {
        const translation = translateGroup(
          freeze({
            root: model('apollon', values),
            subModels: [model('apollon_red', below, { parent: 'apollon' })],
            variants: [{ active: true, axisValues: { color: 'red', dimmable: true } }],
          }),
          lamps,
          ecommerce,
          links,
        )
        if (translation.outcome !== 'record') return
        const record = { id: groupId, version: 1, ...translation.record }
        expect(HubRecord.parse(record)).toEqual(record)
      }),
    )
  })
})
