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
  let channels: Channel[] | undefined
  return (product, ancestors = catalog.ancestors(product)) => {
    const { family } = product
    if (family === null) return []
    let plan = byFamily.get(family)
    if (plan === undefined) {
      channels ??= catalog.channels.sorted().filter(({ code }) => (only.scope ?? code) === code)
      byFamily.set(family, (plan = planOf(catalog, channels, family, only)))
    }
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

function planOf(catalog: Catalog, channels: readonly Channel[], code: string, only: FillScope): FamilyPlan {
  const family = catalog.families.get(code)
  if (family === undefined) return { checks: new FillChecks([]), cells: [] }
  const checks: FillCheck[] = []
  const positions = new Map<string, number>()
  const ask = (attributes: readonly Attribute[], channel: Channel, locale: string): number[] => {
    const asked: number[] = []
    for (const attribute of attributes) {
      const { available_locales: where } = attribute
      if (where.length > 0 && !where.includes(locale)) continue
      const check = checkOf(attribute, channel, locale)
      // Prices are asked for in the currencies of their channel.
      const scope = check.currencies.length > 0 ? channel.code : (check.scope ?? '')
      const key = `${attribute.code} ${scope} ${check.locale ?? ''}`
      let position = positions.get(key)
      if (position === undefined) positions.set(key, (position = checks.push(check) - 1))
      asked.push(position)
    }
    return asked
  }
  const cells: Cell[] = []
  for (const channel of channels) {
    const { required, optional, images } = attributesOf(catalog, family, channel, only)
    for (const locale of [...channel.locales].sort()) {
      if (only.locales?.includes(locale) === false) continue
      cells.push({
        scope: channel.code,
        locale,
        required: ask(required, channel, locale),
        optional: ask(optional, channel, locale),
        images: ask(images, channel, locale),
      })
    }
  }
  return { checks: new FillChecks(checks), cells }
}

function attributesOf(catalog: Catalog, family: Family, channel: Channel, { beyondRequired }: FillScope) {
  const known = (codes: readonly string[]) => codes.flatMap((code) => catalog.attributes.get(code) ?? [])
  const required = known(family.attribute_requirements[channel.code] ?? [])
  if (beyondRequired !== true) return { required, optional: [], images: [] }
  const others = known(family.attributes)
  return {
    required,
    optional: others.filter((attribute) => !required.includes(attribute)),
    images: [...new Set([...required, ...others])].filter(({ type }) => type === 'pim_catalog_image'),
  }
}

export function checkOf(attribute: Attribute, channel: Channel, locale: string): FillCheck {
  return {
    attribute,
    scope: attribute.scopable ? channel.code : null,
    locale: attribute.localizable ? locale : null,
    // A price counts as filled when there is an amount in every currency of the channel.
    currencies: attribute.type === 'pim_catalog_price_collection' ? channel.currencies : [],
  }
}
