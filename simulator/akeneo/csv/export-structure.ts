import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Labels } from '../catalog/records.ts'
import type { Pim } from '../pim.ts'
import { writeTable, type Line } from './write-table.ts'

/** Writes everything that products refer to, a file per kind, as Akeneo's own exports name their columns. */
export function exportStructure({ catalog }: Pim, folder: string): Record<string, number> {
  mkdirSync(folder, { recursive: true })
  const rows: Record<string, number> = {}
  const write = (
    name: string,
    columns: string[],
    lines: Line[],
    labelled: readonly string[] = ['label-'],
  ) => {
    const found = new Set(lines.flatMap((line) => Object.keys(line)))
    const labels = [...found].filter((column) => labelled.some((prefix) => column.startsWith(prefix))).sort()
    rows[name] = writeTable(folder, name, [...columns, ...labels], lines)
  }

  write(
    'locales.csv',
    ['code'],
    catalog.enabledLocales().map((code) => ({ code })),
  )
  write(
    'currencies.csv',
    ['code', 'activated'],
    catalog.currencies
      .sorted()
      .filter(({ enabled }) => enabled)
      .map(({ code }) => ({ code, activated: true })),
  )
  write(
    'categories.csv',
    ['code', 'parent'],
    catalog.categories.inOrder().map(({ code, parent, labels }) => ({ code, parent, ...columnsOf(labels) })),
  )
  write(
    'channels.csv',
    ['code', 'currencies', 'locales', 'tree', 'conversion_units'],
    [...catalog.channels.values()].map((channel) => ({
      code: channel.code,
      currencies: channel.currencies.join(','),
      locales: channel.locales.join(','),
      tree: channel.category_tree,
      conversion_units: Object.entries(channel.conversion_units)
        .map(([attribute, unit]) => `${attribute}:${unit}`)
        .join(','),
      ...columnsOf(channel.labels),
    })),
  )
  write(
    'attribute_groups.csv',
    ['code', 'sort_order'],
    [...catalog.attributeGroups.values()].map(({ code, sort_order, labels }) => ({
      code,
      sort_order,
      ...columnsOf(labels),
    })),
  )
  write(
    'attributes.csv',
    [...ATTRIBUTE_TEXT, ...ATTRIBUTE_LISTS, 'date_min', 'date_max', 'table_configuration'],
    attributeLines({ catalog }),
    ['label-', 'guidelines-'],
  )
  write(
    'attribute_options.csv',
    ['code', 'attribute', 'sort_order'],
    [...catalog.options.values()].flatMap((options) =>
      [...options.values()].map(({ code, attribute, sort_order, labels }) => ({
        code,
        attribute,
        sort_order,
        ...columnsOf(labels),
      })),
    ),
  )
  write(
    'families.csv',
    ['code', 'attributes', 'attribute_as_label', 'attribute_as_image'],
    [...catalog.families.values()].map((family) => ({
      code: family.code,
      attributes: family.attributes.join(','),
      attribute_as_label: family.attribute_as_label,
      attribute_as_image: family.attribute_as_image,
      ...Object.fromEntries(
        Object.entries(family.attribute_requirements).map(([channel, codes]) => [
          `requirements-${channel}`,
          codes.join(','),
        ]),
      ),
      ...columnsOf(family.labels),
    })),
    ['requirements-', 'label-'],
  )
  write('family_variants.csv', ['code', 'family', ...LEVELS], variantLines({ catalog }))
  write(
    'association_types.csv',
    ['code', 'is_quantified', 'is_two_way'],
    [...catalog.associationTypes.values()].map(({ labels, ...type }) => ({ ...type, ...columnsOf(labels) })),
  )
  const groups = [...catalog.groups.values()]
  write(
    'groups.csv',
    ['code', 'type'],
    groups.map(({ labels, ...group }) => ({ ...group, ...columnsOf(labels) })),
  )
  write(
    'group_types.csv',
    ['code'],
    [...new Set(groups.map(({ type }) => type))].map((code) => ({ code })),
  )
  // Akeneo has no such file; ours is the answer of its API.
  const measures = JSON.stringify(catalog.measurementFamilies.sorted(), null, 1)
  writeFileSync(join(folder, 'measurement_families.json'), `${measures}\n`)
  return rows
}

const LEVELS = [1, 2].flatMap((level) => [`variant-axes_${level}`, `variant-attributes_${level}`])

function variantLines({ catalog }: Pick<Pim, 'catalog'>): Line[] {
  return [...catalog.familyVariants.values()].map((variant) => ({
    code: variant.code,
    family: variant.family,
    ...Object.fromEntries(
      variant.variant_attribute_sets.flatMap(({ level, axes, attributes }) => [
        [`variant-axes_${level}`, axes.join(',')],
        [`variant-attributes_${level}`, attributes.join(',')],
      ]),
    ),
    ...columnsOf(variant.labels),
  }))
}

const ATTRIBUTE_TEXT = [
  'code',
  'type',
  'group',
  'unique',
  'useable_as_grid_filter',
  'metric_family',
  'default_metric_unit',
  'reference_data_name',
  'max_characters',
  'validation_rule',
  'validation_regexp',
  'wysiwyg_enabled',
  'number_min',
  'number_max',
  'decimals_allowed',
  'negative_allowed',
  'max_file_size',
  'minimum_input_length',
  'sort_order',
  'localizable',
  'scopable',
  'auto_option_sorting',
  'is_main_identifier',
  'default_value',
] as const
const ATTRIBUTE_LISTS = ['allowed_extensions', 'available_locales'] as const

function attributeLines({ catalog }: Pick<Pim, 'catalog'>): Line[] {
  return [...catalog.attributes.values()].map((attribute) => ({
    ...Object.fromEntries(ATTRIBUTE_TEXT.map((field) => [field, attribute[field] as Line[string]])),
    ...Object.fromEntries(ATTRIBUTE_LISTS.map((field) => [field, attribute[field].join(',')])),
    date_min: attribute.date_min?.slice(0, 10),
    date_max: attribute.date_max?.slice(0, 10),
    ...(attribute.table_configuration !== null && {
      table_configuration: JSON.stringify(attribute.table_configuration),
    }),
    ...columnsOf(attribute.labels),
    ...columnsOf(attribute.guidelines, 'guidelines-'),
  }))
}

function columnsOf(labels: Labels, prefix = 'label-'): Line {
  return Object.fromEntries(Object.entries(labels).map(([locale, label]) => [prefix + locale, label]))
}
