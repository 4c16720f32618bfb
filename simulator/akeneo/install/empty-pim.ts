import type { Attribute } from '../catalog/records.ts'
import { standardMeasurementFamilies } from '../measurements/convert.ts'
import type { Pim } from '../pim.ts'
import { KNOWN_CURRENCIES, KNOWN_LOCALES } from './known-codes.ts'

/** Locales that an empty PIM has switched on although no channel uses them yet, so that a rehearsal can begin anywhere. */
const ACTIVE_LOCALES = ['en_US', 'fr_FR', 'de_DE', 'zh_CN']
const ACTIVE_CURRENCIES = ['EUR', 'USD']

/** A PIM as it is after installation: the identifier attribute, one group, locales, currencies and measures. */
export function installEmptyPim(pim: Pim): void {
  const at = pim.writtenAt()
  installConstants(pim)
  for (const code of ACTIVE_LOCALES) pim.catalog.activeLocales.add(code)
  for (const code of ACTIVE_CURRENCIES) pim.catalog.currencies.set(code, { code, enabled: true })
  pim.catalog.attributeGroups.set('other', {
    code: 'other',
    sort_order: 100,
    labels: { en_US: 'Other', fr_FR: 'Autre' },
    created: at,
    updated: at,
  })
  pim.catalog.attributes.set('sku', {
    ...newAttribute('sku', 'pim_catalog_identifier', 'other'),
    unique: true,
    useable_as_grid_filter: true,
    is_main_identifier: true,
    created: at,
    updated: at,
  })
}

/** What every PIM has, whatever is loaded into it. */
export function installConstants(pim: Pim): void {
  for (const code of KNOWN_LOCALES) pim.catalog.locales.set(code, code)
  for (const code of KNOWN_CURRENCIES) pim.catalog.currencies.set(code, { code, enabled: false })
  for (const family of standardMeasurementFamilies()) {
    pim.catalog.measurementFamilies.set(family.code, family)
  }
}

/** An attribute with nothing set but what it must have. */
export function newAttribute(code: string, type: string, group: string): Attribute {
  return {
    code,
    type,
    group,
    unique: false,
    useable_as_grid_filter: false,
    allowed_extensions: [],
    metric_family: null,
    default_metric_unit: null,
    reference_data_name: null,
    available_locales: [],
    max_characters: null,
    validation_rule: null,
    validation_regexp: null,
    wysiwyg_enabled: null,
    number_min: null,
    number_max: null,
    decimals_allowed: null,
    negative_allowed: null,
    date_min: null,
    date_max: null,
    max_file_size: null,
    minimum_input_length: null,
    sort_order: 0,
    localizable: false,
    scopable: false,
    labels: {},
    guidelines: {},
    auto_option_sorting: null,
    default_value: null,
    is_main_identifier: false,
    table_configuration: null,
    created: 0,
    updated: 0,
  }
}
