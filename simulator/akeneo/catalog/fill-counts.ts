import type { Catalog } from './catalog.ts'
import { FillChecks, type FillCheck } from './filled.ts'
import type { Attribute, Channel, Family, Product, ProductModel } from './records.ts'

/** How much of a product is filled in one channel and locale: attributes that are, of how many. */
export interface FillCount {
  scope: string
  locale: string
  required: number
  requiredOf: number
  /** Attributes of the family that the channel does not require; counted when asked. */
  optional: number
  optionalOf: number
  /** Picture attributes of the family, required or not; counted when asked. */
  images: number
  imagesOf: number
}

export interface FillScope {
  scope?: string | undefined
  locales?: readonly string[] | undefined
  /** Whether `optional` and `images` are counted. */
  beyondRequired?: boolean
}

/** Positions in the family's list of checks. */
interface Cell {
  scope: string
  locale: string
  required: readonly number[]
  optional: readonly number[]
  images: readonly number[]
}

/** Each check stands once, however many channels and locales ask for it. */
interface FamilyPlan {
  checks: FillChecks
  cells: readonly Cell[]
}

export type FillCounter = (product: Product, ancestors?: readonly ProductModel[]) => FillCount[]

/** For many products in a row: what a family asks for is found out once. Nothing for a product without family. */
export function fillCounter(catalog: Catalog, only: FillScope): FillCounter {
  const byFamily = new Map<string, FamilyPlan>()
  return (product, ancestors = catalog.ancestors(product)) => {
    const { family } = product
    if (family === null) return []
    let plan = byFamily.get(family)
    if (plan === undefined) byFamily.set(family, (plan = planOf(catalog, family, only)))
    if (plan.cells.length === 0) return []
    // Levels are not merged, because only a few values are looked at.
    plan.checks.ask(product, ancestors)
    const { filled } = plan.checks
    return plan.cells.map(({ scope, locale, required, optional, images }) => ({
      scope,
      locale,
      required: sum(filled, required),
      requiredOf: required.length,
      optional: sum(filled, optional),
      optionalOf: optional.length,
      images: sum(filled, images),
      imagesOf: images.length,
    }))
  }
}

function sum(flags: Uint8Array, positions: readonly number[]): number {
  let count = 0
  for (const position of positions) count += flags[position] ?? 0
  return count
}

function planOf(catalog: Catalog, code: string, only: FillScope): FamilyPlan {
  const family = catalog.families.get(code)
  if (family === undefined) return { checks: new FillChecks([]), cells: [] }
  const checks: FillCheck[] = []
  const positions = new Map<string, number>()
  const position = (check: FillCheck): number => {
    const key = JSON.stringify([check.attribute.code, check.scope, check.locale, check.currencies])
    const known = positions.get(key)
    if (known !== undefined) return known
    positions.set(key, checks.length)
    return checks.push(check) - 1
  }
  const cells = catalog.channels.sorted().flatMap((channel) => {
    if (only.scope !== undefined && only.scope !== channel.code) return []
    const { required, optional } = attributesOf(catalog, family, channel)
    return [...channel.locales].sort().flatMap((locale): Cell[] => {
      if (only.locales?.includes(locale) === false) return []
      const inLocale = (attributes: Attribute[]) =>
        attributes.filter(({ available_locales: where }) => where.length === 0 || where.includes(locale))
      const ask = (attributes: Attribute[]) =>
        inLocale(attributes).map((attribute) => position(checkOf(attribute, channel, locale)))
      const beyond = only.beyondRequired === true
      const images = [...required, ...optional].filter(({ type }) => type === 'pim_catalog_image')
      return [
        {
          scope: channel.code,
          locale,
          required: ask(required),
          optional: beyond ? ask(optional) : [],
          images: beyond ? ask(images) : [],
        },
      ]
    })
  })
  return { checks: new FillChecks(checks), cells }
}

function attributesOf(catalog: Catalog, family: Family, channel: Channel) {
  const known = (codes: readonly string[]) => codes.flatMap((code) => catalog.attributes.get(code) ?? [])
  const required = known(family.attribute_requirements[channel.code] ?? [])
  const optional = known(family.attributes).filter((attribute) => !required.includes(attribute))
  return { required, optional }
}

function checkOf(attribute: Attribute, channel: Channel, locale: string): FillCheck {
  return {
    attribute,
    scope: attribute.scopable ? channel.code : null,
    locale: attribute.localizable ? locale : null,
    // A price counts as filled when there is an amount in every currency of the channel.
    currencies: attribute.type === 'pim_catalog_price_collection' ? channel.currencies : [],
  }
}
