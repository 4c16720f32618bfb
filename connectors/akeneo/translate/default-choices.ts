import { byCode, foldCase } from '../../../domain/text.ts'
import type { AkeneoAttribute } from '../schema.ts'
import type { Structure } from './structure.ts'

/** What the defaults read out of names and types, in an order that is the same on every machine. */
export interface DefaultChoices {
  price: string | null
  /** The first with a value holds the barcode. */
  barcodes: string[]
  description: string | null
  images: string[]
  files: string[]
  plainAssociations: string[]
  quantifiedAssociations: string[]
}

export function defaultChoices(structure: Structure): DefaultChoices {
  const attributes = [...structure.attributes.values()].sort((a, b) => byCode(a.code, b.code))
  const ofType = (wanted: string) => attributes.filter(({ type }) => type === wanted).map(({ code }) => code)
  const types = [...structure.associationTypes.values()].sort((a, b) => byCode(a.code, b.code))
  const isDescription = ({ code, type }: AkeneoAttribute) =>
    type === 'pim_catalog_textarea' && foldCase(code) === 'description'
  return {
    price: priceOf(attributes),
    barcodes: barcodesOf(attributes),
    description: attributes.find(isDescription)?.code ?? null,
    images: ofType('pim_catalog_image'),
    files: ofType('pim_catalog_file'),
    plainAssociations: types.filter((type) => !type.is_quantified).map(({ code }) => code),
    quantifiedAssociations: types.filter((type) => type.is_quantified).map(({ code }) => code),
  }
}

/**
 * The first by code of several price collections, but one that is named `price` comes before all: `case_price` is the price
 * of a case and sorts first. One that differs by locale has no place in `prices`, which does not.
 */
function priceOf(attributes: AkeneoAttribute[]): string | null {
  const collections = attributes
    .filter(({ type, localizable }) => type === 'pim_catalog_price_collection' && !localizable)
    .map(({ code }) => code)
  return collections.find((code) => foldCase(code) === 'price') ?? collections[0] ?? null
}

const barcodeTypes = new Set(['pim_catalog_text', 'pim_catalog_number', 'pim_catalog_identifier'])

/** Attributes named `ean`, `gtin`, `upc` or `barcode`; only where there are none, those that end so (`case_ean` is a case's). */
function barcodesOf(attributes: AkeneoAttribute[]): string[] {
  const candidates = attributes
    .filter(({ code, type, localizable }) => {
      return barcodeTypes.has(type) && !localizable && /(?:ean|gtin|upc|barcode)$/i.test(code)
    })
    .map(({ code }) => code)
  const exact = candidates.filter((code) => /^(?:ean|gtin|upc|barcode)$/i.test(code))
  return exact.length > 0 ? exact : candidates
}
