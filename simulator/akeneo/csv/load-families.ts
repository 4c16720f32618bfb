import type { VariantAttributeSet } from '../catalog/records.ts'
import type { Pim } from '../pim.ts'
import { codeOf, labelsOf } from './structure-cells.ts'
import type { Row, Table } from './table.ts'

function attributeNamed({ catalog }: Pim, row: Row, column: string, name: string): string {
  const attribute = catalog.attributes.get(name)
  if (attribute === undefined) throw row.fail(column, `unknown attribute "${name}"`)
  return attribute.code
}

function attributeList(pim: Pim, row: Row, column: string): string[] {
  return row.list(column).map((name) => attributeNamed(pim, row, column, name))
}

function attributeIn(pim: Pim, row: Row, column: string): string | null {
  const name = row.get(column).trim()
  return name === '' ? null : attributeNamed(pim, row, column, name)
}

export function loadFamilies(pim: Pim, table: Table | undefined, at: number): void {
  if (table === undefined) return
  const { catalog } = pim
  const identifier = catalog.mainIdentifier().code
  for (const row of table.rows) {
    const requirements: Record<string, string[]> = {}
    for (const column of table.columns) {
      if (!column.startsWith('requirements-')) continue
      const channel = catalog.channels.get(column.slice('requirements-'.length))
      if (channel === undefined) throw table.fail(1, column, 'unknown channel')
      requirements[channel.code] = attributeList(pim, row, column)
    }
    for (const channel of catalog.channels.codes()) requirements[channel] ??= [identifier]
    const attributes = [...new Set(attributeList(pim, row, 'attributes'))]
    catalog.families.set(codeOf(row), {
      code: codeOf(row),
      attributes: attributes.includes(identifier) ? attributes : [identifier, ...attributes],
      attribute_as_label: attributeIn(pim, row, 'attribute_as_label') ?? identifier,
      attribute_as_image: attributeIn(pim, row, 'attribute_as_image'),
      attribute_requirements: requirements,
      labels: labelsOf(table, row),
      created: at,
      updated: at,
    })
  }
}

export function loadFamilyVariants(pim: Pim, table: Table | undefined): void {
  if (table === undefined) return
  const { catalog } = pim
  // After an import the database joins attributes in the order of their making.
  const made = new Map([...catalog.attributes.codes()].map((name, index) => [name, index]))
  for (const row of table.rows) {
    const family = catalog.families.get(row.get('family').trim())
    if (family === undefined) throw row.fail('family', `unknown family "${row.get('family')}"`)
    const sets: VariantAttributeSet[] = []
    for (const level of [1, 2]) {
      const axes = attributeList(pim, row, `variant-axes_${level}`)
      if (axes.length === 0) break
      const attributes = attributeList(pim, row, `variant-attributes_${level}`)
      sets.push({ level, axes, attributes: [...new Set([...axes, ...attributes])] })
    }
    if (sets.length === 0) throw row.fail('variant-axes_1', 'an axis is expected')
    catalog.familyVariants.set(codeOf(row), {
      code: codeOf(row),
      family: family.code,
      labels: labelsOf(table, row),
      variant_attribute_sets: onLastLevel(sets, uniqueAttributes(pim, family.attributes)).map((set) => ({
        ...set,
        attributes: [...set.attributes].sort((a, b) => (made.get(a) ?? 0) - (made.get(b) ?? 0)),
      })),
    })
  }
}

function uniqueAttributes({ catalog }: Pim, codes: readonly string[]): string[] {
  return codes.filter((name) => {
    const attribute = catalog.attributes.get(name)
    return attribute?.unique === true || attribute?.type === 'pim_catalog_identifier'
  })
}

/** Identifiers and unique values can only stand on the variants themselves. */
export function onLastLevel(
  sets: readonly VariantAttributeSet[],
  unique: readonly string[],
): VariantAttributeSet[] {
  return sets.map((set, index) => {
    const others = set.attributes.filter((name) => !unique.includes(name))
    const attributes = index === sets.length - 1 ? [...new Set([...set.attributes, ...unique])] : others
    return { ...set, attributes }
  })
}
