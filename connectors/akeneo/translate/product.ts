import type { HubProduct, PendingLink, Reason } from '../../../contracts/hub.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../schema.ts'
import { attributeValues } from './attribute-values.ts'
import { axisValuesOf } from './axes.ts'
import { sourceOf } from './envelope.ts'
import { familyOf, familyVariantOf } from './family.ts'
import { kitOf } from './kit.ts'
import { notYet, relatedOf, type Links } from './links.ts'
import { mediaOf } from './media.ts'
import { type CompiledPrices, firstLocale, type OutputSettings } from './output.ts'
import { alternateIdsOf, barcodeOf, inventoryOf, nameOf, unitsOf } from './own-fields.ts'
import { variantPlan, type VariantPlan } from './plan.ts'
import { publishReasons } from './publish-reasons.ts'
import { startReading, type Reading } from './reading.ts'
import { productView, type RecordView } from './record-view.ts'
import type { CompiledRule } from './rules/compile-rule.ts'
import { always, type Holds } from './rules/condition.ts'
import { attributeBy, pricesBy, stringBy, textBy } from './rules/evaluate.ts'
import type { ExpressionResults } from './rules/expression.ts'
import type { Structure } from './structure.ts'
import { conclude, type Translation } from './translation.ts'

/** The root model of a variant and its direct parent, which is the same one for a single level. */
export interface VariantModels {
  root: AkeneoProductModel
  parent: AkeneoProductModel
}

/**
 * A simple product or a variant, whose values Akeneo has already merged with those of its models. `models` is null for a
 * simple product, and for a variant whose models are not known: it then goes out with its group pending. `expressions` is what
 * `evaluateExpressions` gave; an output without expressions needs none.
 */
export function translateProduct(
  source: AkeneoProduct,
  models: VariantModels | null,
  structure: Structure,
  settings: OutputSettings,
  links: Links,
  expressions: ExpressionResults | null = null,
): Translation {
  const reading = startReading(structure, settings, links)
  const { output } = reading
  const family = familyOf(source.family, reading)
  const view = productView(source, family, reading, expressions)
  const { rules } = output

  // Before the attributes: each rule that has a field of its own takes what it reads.
  const sku = skuOf(view)
  const name = nameOf(rules, view, sku ?? source.uuid ?? '')
  const description = textBy(rules.description, view)
  const brand = textBy(rules.brand, view)
  const barcode = barcodeOf(rules.barcode, view)
  const alternateIds = alternateIdsOf(rules, view)
  const type = stringBy(rules.type, view) === 'virtual' ? 'virtual' : 'physical'
  const taxClass = stringBy(rules.taxClass, view)
  const prices = pricesBy(rules.prices, view)
  const units = unitsOf(rules, view)
  const inventory = inventoryOf(rules, view)
  const media = mediaOf(view)

  const variant = variantFields(source, models, links, reading)
  const { related, pending } = relatedOf(source.associations, structure, links, output)
  const kit = kitOf(
    source,
    { identifier: view.identifier, models: modelCodes(source, models) },
    reading,
    links,
  )
  const allPending = [...variant.pending, ...pending, ...kit.pending]
  const reasons = [...withheldBecause(view, source, sku, links), ...kit.reasons]

  return conclude(
    {
      kind: 'product',
      status: reasons.length === 0 ? 'active' : 'withheld',
      ...(reasons.length > 0 ? { reasons } : {}),
      source: sourceOf({ uuid: source.uuid, code: view.identifier, updated: source.updated }, output),
      sku,
      type,
      ...variant.fields,
      name,
      ...(description ? { description } : {}),
      ...(brand ? { brand } : {}),
      ...(barcode === undefined ? {} : { barcode }),
      ...(alternateIds ? { alternateIds } : {}),
      ...(taxClass === null ? {} : { taxClass }),
      categories: [...(source.categories ?? [])],
      ...(prices ? { prices } : {}),
      attributes: attributeValues(view, variant.levelOf),
      media,
      units,
      ...(inventory ? { inventory } : {}),
      related,
      ...(kit.kit ? { kit: kit.kit } : {}),
      ...(allPending.length > 0 ? { pending: allPending } : {}),
    },
    reading.findings,
  )
}

/** Why an output withholds a product: what a group asks of its variants before they are published. */
export function productReasons(
  source: AkeneoProduct,
  structure: Structure,
  settings: OutputSettings,
  links: Links,
  expressions: ExpressionResults | null = null,
): Reason[] {
  const reading = startReading(structure, settings)
  const view = productView(source, familyOf(source.family, reading), reading, expressions)
  return [...withheldBecause(view, source, skuOf(view), links), ...kitReasons(source, reading, links)]
}

/** The same without the product's values, for outputs that are `isJudgedByItsHead`; `code` is its main identifier. */
export const headReasons = (
  source: AkeneoProduct,
  code: string | null,
  structure: Structure,
  settings: OutputSettings,
  links: Links,
): Reason[] => [
  ...publishReasons({ ...source, sku: code }, settings, links),
  ...kitReasons(source, startReading(structure, settings), links),
]

/** That a kit has itself in it refuses it, and is no reason to withhold it: its own names are not needed. */
const kitReasons = (source: AkeneoProduct, reading: Reading, links: Links): Reason[] =>
  kitOf(source, { identifier: null, models: [] }, reading, links).reasons

const withheldBecause = (
  view: RecordView,
  source: AkeneoProduct,
  sku: string | null,
  links: Pick<Links, 'ancestors'>,
): Reason[] => [...publishReasons({ ...source, sku }, view.reading.output, links), ...requiredReasons(view)]

/** The main identifier has no attribute address, yet once it is the SKU it does not stand among the attributes again. */
function skuOf(view: RecordView): string | null {
  const { plan, output } = view.reading
  if (isMainIdentifier(output) && plan.mainIdentifier !== null) view.taken.add(plan.mainIdentifier)
  return stringBy(output.rules.sku, view)
}

function isMainIdentifier({ rules }: OutputSettings): boolean {
  const source = rules.sku?.rule.source
  return source?.kind === 'from' && source.addresses.some(({ base }) => base === 'identifier')
}

const modelCodes = ({ parent }: AkeneoProduct, models: VariantModels | null): string[] =>
  models ? [models.root.code, models.parent.code] : parent == null ? [] : [parent]

const pricesOf = ({ list, msrp, sale }: CompiledPrices) => [list, msrp, sale]

interface Requirable {
  rule: CompiledRule | null
  /** Of a unit: whether it is sold by it at all. */
  holds: Holds
}

/** Rules that may call a value required; a product without SKU is withheld as it is. */
function requirable({ rules }: OutputSettings): Requirable[] {
  const { name, description, brand, barcode, type, taxClass, prices, alternateIds, named, units, levels } =
    rules
  const asked = (ofThem: (CompiledRule | null)[], holds: Holds) => ofThem.map((rule) => ({ rule, holds }))
  return [
    ...asked([name, description, brand, barcode, type, taxClass, ...pricesOf(prices)], always),
    ...asked(
      [...alternateIds, ...named, ...levels].map(({ rule }) => rule),
      always,
    ),
    ...units.flatMap((unit) =>
      asked([unit.conversion, unit.barcode, unit.weight, ...pricesOf(unit.prices)], unit.holds),
    ),
  ]
}

/** Whether `headReasons` says all that `productReasons` says. */
export const isJudgedByItsHead = (output: OutputSettings): boolean =>
  isMainIdentifier(output) && requirable(output).every(({ rule }) => rule?.rule.required !== true)

/** What the file calls required and the product does not have. */
function requiredReasons(view: RecordView): Reason[] {
  const { output } = view.reading
  return requirable(output).flatMap(({ rule, holds }) => {
    if (!rule?.rule.required || !holds(view, firstLocale(output))) return []
    // Undefined: its condition does not hold, so it asks for nothing.
    if (attributeBy(rule, view) !== null) return []
    return [
      {
        code: 'required-missing',
        text: `has no ${rule.rule.target}, which the mapping requires`,
        remedy: 'Fill it in Akeneo',
      },
    ]
  })
}

interface VariantPart {
  fields: Pick<HubProduct, 'trackBy' | 'groupId' | 'axisValues'>
  pending: PendingLink[]
  levelOf?: VariantPlan['levelOf']
}

function variantFields(
  source: AkeneoProduct,
  models: VariantModels | null,
  links: Links,
  reading: Reading,
): VariantPart {
  if (source.parent === null || source.parent === undefined)
    return { fields: { trackBy: 'product' }, pending: [] }
  if (!models) {
    reading.findings.lack(
      { stream: 'product-models', code: source.parent },
      { code: 'parent-unknown', field: 'parent', text: `its model "${source.parent}" has not been read` },
    )
  }
  const { document } = reading.output.rules
  const familyVariant = models && familyVariantOf(models.parent.family_variant, reading)
  const groupCode = models ? groupModel(models, reading.output).code : source.parent
  const group = links.group(groupCode)
  return {
    fields: {
      trackBy: document.inventory.trackBy,
      ...(group ? { groupId: group.id } : {}),
      ...(familyVariant ? { axisValues: axisValuesOf(source, familyVariant, reading.structure) } : {}),
    },
    pending: group ? [] : [{ field: 'groupId', code: groupCode, why: notYet }],
    ...(familyVariant ? { levelOf: variantPlan(familyVariant).levelOf } : {}),
  }
}

/** The model whose record is the variant's group: the root, or the direct parent where the mapping groups at the lowest level. */
export const groupModel = ({ root, parent }: VariantModels, { rules }: OutputSettings): AkeneoProductModel =>
  rules.document.groupAt === 'lowest' ? parent : root
