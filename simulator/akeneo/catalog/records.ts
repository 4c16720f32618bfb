import type { Json } from '../json.ts'

/*
 * What the simulator stores. Fields carry Akeneo's own names and the shape of its API, so an answer is mostly the
 * record itself. Records are never changed in place: a write replaces them, which makes snapshots and a lagging
 * search index free.
 */

export type Labels = Readonly<Record<string, string>>

export interface Stamped {
  readonly created: number
  readonly updated: number
}

export interface Category extends Stamped {
  readonly code: string
  readonly parent: string | null
  readonly labels: Labels
  readonly values?: readonly CategoryValue[]
  /** Of a tree, in the cloud: the channels for which a complete product must stand in it. */
  readonly channel_requirements?: readonly string[]
  /** Of a tree, in the cloud: what products must keep to. */
  readonly validations?: CategoryValidations
}

export interface CategoryValidations {
  readonly max_categories_per_product?: number | null
  readonly only_leaves?: boolean
  readonly is_mandatory?: boolean
}

export interface CategoryValue {
  readonly attribute_code: string
  readonly channel: string | null
  readonly locale: string | null
  readonly data: Json
}

export interface Attribute extends Stamped {
  readonly code: string
  readonly type: string
  readonly group: string
  readonly unique: boolean
  readonly useable_as_grid_filter: boolean
  readonly allowed_extensions: readonly string[]
  readonly metric_family: string | null
  readonly default_metric_unit: string | null
  readonly reference_data_name: string | null
  readonly available_locales: readonly string[]
  readonly max_characters: number | null
  readonly validation_rule: string | null
  readonly validation_regexp: string | null
  readonly wysiwyg_enabled: boolean | null
  readonly number_min: string | null
  readonly number_max: string | null
  readonly decimals_allowed: boolean | null
  readonly negative_allowed: boolean | null
  readonly date_min: string | null
  readonly date_max: string | null
  readonly max_file_size: string | null
  readonly minimum_input_length: number | null
  readonly sort_order: number
  readonly localizable: boolean
  readonly scopable: boolean
  readonly labels: Labels
  readonly guidelines: Labels
  readonly auto_option_sorting: boolean | null
  readonly default_value: Json
  readonly is_main_identifier: boolean
  readonly table_configuration: Json
  /** In the cloud, of selects: whether a product may bring options with it. */
  readonly enable_option_creation_during_import?: boolean
}

export interface AttributeOption {
  readonly code: string
  readonly attribute: string
  readonly sort_order: number
  readonly labels: Labels
}

export interface AttributeGroup extends Stamped {
  readonly code: string
  readonly sort_order: number
  readonly labels: Labels
}

export interface Family extends Stamped {
  readonly code: string
  readonly attributes: readonly string[]
  readonly attribute_as_label: string
  readonly attribute_as_image: string | null
  readonly attribute_requirements: Readonly<Record<string, readonly string[]>>
  readonly labels: Labels
  /** The family above this one, which only the cloud has. */
  readonly parent?: string | null
}

export interface VariantAttributeSet {
  readonly level: number
  readonly axes: readonly string[]
  readonly attributes: readonly string[]
}

export interface FamilyVariant {
  readonly code: string
  readonly family: string
  readonly labels: Labels
  readonly variant_attribute_sets: readonly VariantAttributeSet[]
}

export interface Channel {
  readonly code: string
  readonly currencies: readonly string[]
  readonly locales: readonly string[]
  readonly category_tree: string
  readonly conversion_units: Readonly<Record<string, string>>
  /** Units by locale, which the cloud keeps under reserved keys of `conversion_units`. */
  readonly conversion_rules?: ConversionRules
  readonly labels: Labels
}

/** By attribute or measurement family, then by locale. */
export type LocaleUnits = Readonly<Record<string, Readonly<Record<string, ConversionUnit | string>>>>

export interface ConversionRules {
  readonly pim_config_family_rules?: LocaleUnits
  readonly pim_config_attribute_locale_rules?: LocaleUnits
}

export interface ConversionUnit {
  readonly unit: string
  readonly decimal_places_strategy?: 'round' | 'trim'
  readonly decimal_places?: number
}

export interface AssociationType {
  readonly code: string
  readonly labels: Labels
  readonly is_quantified: boolean
  readonly is_two_way: boolean
}

export interface Group {
  readonly code: string
  readonly type: string
  readonly labels: Labels
}

export interface ConversionStep {
  readonly operator: 'mul' | 'div' | 'add' | 'sub'
  readonly value: string
}

export interface MeasurementUnit {
  readonly code: string
  readonly labels: Labels
  readonly convert_from_standard: readonly ConversionStep[]
  readonly symbol: string
}

export interface MeasurementFamily {
  readonly code: string
  readonly labels: Labels
  readonly standard_unit_code: string
  readonly units: Readonly<Record<string, MeasurementUnit>>
}

export interface Value {
  readonly locale: string | null
  readonly scope: string | null
  readonly data: Json
}

/** Values by attribute code (as stored), then one per locale and scope. */
export interface Values extends ReadonlyMap<string, readonly Value[]> {
  /** There where values follow from a rule: what is filled is known without making them. */
  readonly rule?: FillRule
  /** The number that the rule is asked with. */
  readonly seed?: number
}

/** What records of one kind hold: the same for all of them, save what a record leaves out. */
export interface FillRule {
  /** Undefined for an attribute that none of them holds. */
  entry(code: string): FillRuleEntry | undefined
  /** Whether the record with this seed holds what has this draw. */
  holds(seed: number, draw: number): boolean
}

export interface FillRuleEntry {
  /** Locales, scopes and currencies as every one of the records has them; the data is not to be looked at. */
  readonly coverage: readonly Value[]
  /** From 0 on; null for what every one of the records holds. */
  readonly draw: number | null
}

export interface Links {
  /** Uuids: a product may lose its identifier, never its uuid. */
  readonly products: readonly string[]
  readonly product_models: readonly string[]
  readonly groups: readonly string[]
}

export interface QuantifiedLink {
  readonly key: string
  readonly quantity: number
}

export interface QuantifiedLinks {
  readonly products: readonly QuantifiedLink[]
  readonly product_models: readonly QuantifiedLink[]
}

interface Enriched extends Stamped {
  readonly parent: string | null
  readonly categories: readonly string[]
  /** Own values only: what ancestors hold is added when a variant is read. */
  readonly values: Values
  readonly associations: ReadonlyMap<string, Links>
  readonly quantified: ReadonlyMap<string, QuantifiedLinks>
}

export interface Product extends Enriched {
  readonly kind: 'product'
  readonly uuid: string
  readonly identifier: string | null
  readonly enabled: boolean
  readonly family: string | null
  readonly groups: readonly string[]
}

export interface ProductModel extends Enriched {
  readonly kind: 'product_model'
  readonly code: string
  readonly family: string
  readonly family_variant: string
}

/** An import or export profile, which the cloud lets clients launch. */
export interface Job {
  readonly code: string
  readonly type: 'import' | 'export'
}

export interface MediaFile extends Stamped {
  readonly code: string
  readonly original_filename: string
  readonly mime_type: string
  readonly extension: string
  readonly size: number
  /** Bytes, or the path of a file to read when asked. */
  readonly content: Buffer | { readonly path: string }
  readonly hash: string
}
