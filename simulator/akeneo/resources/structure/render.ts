import type {
  Attribute,
  AttributeGroup,
  AttributeOption,
  Channel,
  Family,
  FamilyVariant,
  MeasurementFamily,
} from '../../catalog/records.ts'
import type { Json, JsonObject } from '../../json.ts'
import { isCloud } from '../../options.ts'
import type { Pim } from '../../pim.ts'
import { renderConfiguration } from '../../write/table-rules.ts'

export function renderFamily({ settings }: Pim, family: Family): JsonObject {
  return {
    code: family.code,
    attributes: [...family.attributes].sort(),
    attribute_as_label: family.attribute_as_label,
    attribute_as_image: family.attribute_as_image,
    attribute_requirements: Object.fromEntries(
      // A channel that requires nothing is not named.
      Object.entries(family.attribute_requirements).flatMap(([channel, codes]) =>
        codes.length === 0 ? [] : [[channel, [...codes].sort()]],
      ),
    ),
    labels: { ...family.labels },
    ...(isCloud(settings) && { parent: family.parent ?? null }),
  }
}

export function renderFamilyVariant(pim: Pim, variant: FamilyVariant): JsonObject {
  const levelled = new Set(variant.variant_attribute_sets.flatMap((set) => [...set.axes, ...set.attributes]))
  const family = pim.catalog.families.get(variant.family)
  return {
    code: variant.code,
    labels: { ...variant.labels },
    // What no level claims. Akeneo's cloud shows it since August 2025, 7.0 does not; the description of the API demands it.
    common_attributes: (family?.attributes ?? []).filter((code) => !levelled.has(code)).sort(),
    variant_attribute_sets: variant.variant_attribute_sets.map((set) => ({
      level: set.level,
      axes: [...set.axes],
      attributes: [...set.attributes],
    })),
  }
}

export function renderAttribute(pim: Pim, attribute: Attribute, withTableOptions: boolean): JsonObject {
  const {
    created: _created,
    updated: _updated,
    table_configuration: table,
    is_main_identifier: isMain,
    enable_option_creation_during_import: createsOptions = false,
    ...rest
  } = attribute
  const isSelect =
    attribute.type === 'pim_catalog_simpleselect' || attribute.type === 'pim_catalog_multiselect'
  return {
    ...(isCloud(pim.settings) && {
      is_mandatory: false,
      decimal_places_strategy: null,
      decimal_places: null,
    }),
    // A record without undefined values is JSON; an interface has no index signature to say so.
    ...(rest as unknown as JsonObject),
    group_labels: { ...pim.catalog.attributeGroups.get(attribute.group)?.labels },
    ...(attribute.type === 'pim_catalog_identifier' && { is_main_identifier: isMain }),
    ...(isSelect && isCloud(pim.settings) && { enable_option_creation_during_import: createsOptions }),
    ...(attribute.type === 'pim_catalog_table' && {
      table_configuration: renderConfiguration(table, withTableOptions),
    }),
  }
}

export function renderAttributeGroup(pim: Pim, group: AttributeGroup): JsonObject {
  return {
    code: group.code,
    sort_order: group.sort_order,
    // In the order of their making, whatever their sort_order.
    attributes: [...pim.catalog.attributes.values()]
      .filter((attribute) => attribute.group === group.code)
      .map(({ code }) => code),
    labels: { ...group.labels },
  }
}

export function renderOption(option: AttributeOption): JsonObject {
  return {
    code: option.code,
    attribute: option.attribute,
    sort_order: option.sort_order,
    labels: { ...option.labels },
  }
}

export function renderChannel(channel: Channel): JsonObject {
  return {
    code: channel.code,
    currencies: [...channel.currencies],
    locales: [...channel.locales],
    category_tree: channel.category_tree,
    conversion_units: {
      ...channel.conversion_units,
      ...(channel.conversion_rules as JsonObject | undefined),
    },
    labels: { ...channel.labels },
  }
}

export function renderMeasurementFamily(family: MeasurementFamily): JsonObject {
  // As above.
  return { ...family } as unknown as Json as JsonObject
}
