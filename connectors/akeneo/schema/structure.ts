import { z } from 'zod'
import { Code, Labels, Links, map, NumberOrText } from './tolerant.ts'

/** https://api.akeneo.com/api-reference.html#Channel */
export const AkeneoChannel = z.looseObject({
  _links: Links,
  code: Code,
  locales: z.array(Code),
  currencies: z.array(Code),
  category_tree: Code,
  conversion_units: map(z.string().nullable()).optional(),
  labels: Labels.optional(),
})
export type AkeneoChannel = z.infer<typeof AkeneoChannel>

/** https://api.akeneo.com/api-reference.html#Locale */
export const AkeneoLocale = z.looseObject({ _links: Links, code: Code, enabled: z.boolean() })
export type AkeneoLocale = z.infer<typeof AkeneoLocale>

/** https://api.akeneo.com/api-reference.html#Currency; `label` on SaaS. */
export const AkeneoCurrency = z.looseObject({
  _links: Links,
  code: Code,
  enabled: z.boolean(),
  label: z.string().nullish(),
})
export type AkeneoCurrency = z.infer<typeof AkeneoCurrency>

/** https://api.akeneo.com/api-reference.html#Measurementfamily. `convert_from_standard` leads, in order, TO the standard unit. */
export const AkeneoMeasurementFamily = z.looseObject({
  code: Code,
  labels: Labels.optional(),
  standard_unit_code: Code,
  units: map(
    z.looseObject({
      code: Code,
      labels: Labels.optional(),
      convert_from_standard: z.array(
        z.looseObject({
          operator: z.enum(['mul', 'div', 'add', 'sub']),
          value: NumberOrText.transform(String),
        }),
      ),
      symbol: z.string().nullish(),
    }),
  ),
})
export type AkeneoMeasurementFamily = z.infer<typeof AkeneoMeasurementFamily>

/** https://api.akeneo.com/api-reference.html#Associationtype; both flags since 5.0. */
export const AkeneoAssociationType = z.looseObject({
  _links: Links,
  code: Code,
  labels: Labels.optional(),
  is_quantified: z.boolean().optional(),
  is_two_way: z.boolean().optional(),
})
export type AkeneoAssociationType = z.infer<typeof AkeneoAssociationType>

/** https://api.akeneo.com/api-reference.html#Attributegroup */
export const AkeneoAttributeGroup = z.looseObject({
  _links: Links,
  code: Code,
  sort_order: z.number().nullish(),
  attributes: z.array(Code),
  labels: Labels.optional(),
})
export type AkeneoAttributeGroup = z.infer<typeof AkeneoAttributeGroup>

/** https://api.akeneo.com/api-reference.html#Attribute. What does not apply to the type is null, not absent. */
export const AkeneoAttribute = z.looseObject({
  _links: Links,
  code: Code,
  type: z.string(),
  group: Code.nullish(),
  group_labels: Labels.nullish(),
  unique: z.boolean().nullish(),
  useable_as_grid_filter: z.boolean().nullish(),
  allowed_extensions: z.array(z.string()).nullish(),
  metric_family: Code.nullish(),
  default_metric_unit: z.string().nullish(),
  reference_data_name: Code.nullish(),
  available_locales: z.array(z.string()).nullish(),
  max_characters: NumberOrText.nullish(),
  validation_rule: z.string().nullish(),
  validation_regexp: z.string().nullish(),
  wysiwyg_enabled: z.boolean().nullish(),
  number_min: NumberOrText.nullish(),
  number_max: NumberOrText.nullish(),
  decimals_allowed: z.boolean().nullish(),
  negative_allowed: z.boolean().nullish(),
  date_min: z.string().nullish(),
  date_max: z.string().nullish(),
  max_file_size: NumberOrText.nullish(),
  minimum_input_length: NumberOrText.nullish(),
  sort_order: z.number().nullish(),
  localizable: z.boolean(),
  scopable: z.boolean(),
  labels: Labels.optional(),
  guidelines: Labels.nullish(),
  auto_option_sorting: z.boolean().nullish(),
  default_value: z.unknown().optional(),
  is_read_only: z.boolean().nullish(),
  is_main_identifier: z.boolean().optional(),
  is_mandatory: z.boolean().nullish(),
  decimal_places_strategy: z.string().nullish(),
  decimal_places: NumberOrText.nullish(),
  enable_option_creation_during_import: z.boolean().nullish(),
  max_items_count: NumberOrText.nullish(),
  table_configuration: z
    .array(
      z.looseObject({
        code: Code,
        data_type: z.string(),
        labels: Labels.optional(),
        validations: map(z.unknown()).optional(),
        is_required_for_completeness: z.boolean().optional(),
        options: z.array(z.looseObject({ code: Code, labels: Labels.optional() })).optional(),
      }),
    )
    .nullish(),
})
export type AkeneoAttribute = z.infer<typeof AkeneoAttribute>

/** https://api.akeneo.com/api-reference.html#Attributeoption */
export const AkeneoOption = z.looseObject({
  _links: Links,
  code: Code,
  attribute: Code,
  sort_order: z.number().optional(),
  labels: Labels.optional(),
})
export type AkeneoOption = z.infer<typeof AkeneoOption>

/** https://api.akeneo.com/api-reference.html#Family; `parent` on SaaS. */
export const AkeneoFamily = z.looseObject({
  _links: Links,
  code: Code,
  attributes: z.array(Code),
  attribute_as_label: Code.nullish(),
  attribute_as_image: Code.nullish(),
  attribute_requirements: map(z.array(z.string())).optional(),
  labels: Labels.optional(),
  parent: Code.nullish(),
})
export type AkeneoFamily = z.infer<typeof AkeneoFamily>

/** https://api.akeneo.com/api-reference.html#Familyvariant */
export const AkeneoFamilyVariant = z.looseObject({
  _links: Links,
  code: Code,
  labels: Labels.optional(),
  common_attributes: z.array(Code).optional(),
  variant_attribute_sets: z.array(
    z.looseObject({ level: z.number().int(), axes: z.array(Code), attributes: z.array(Code) }),
  ),
})
export type AkeneoFamilyVariant = z.infer<typeof AkeneoFamilyVariant>

/**
 * https://api.akeneo.com/api-reference.html#Category; `updated` since 6.0, `position` from 1 when asked for, since 7.0; `values` in
 * Akeneo's cloud when asked for.
 */
export const AkeneoCategory = z.looseObject({
  _links: Links,
  code: Code,
  parent: Code.nullable().default(null),
  updated: z.string().optional(),
  position: z.number().int().optional(),
  labels: Labels.optional(),
  // Builds without values answer null, `[]` or `{}`, or nothing.
  values: map(z.unknown()).nullish(),
  channel_requirements: z.array(z.string()).nullish(),
})
export type AkeneoCategory = z.infer<typeof AkeneoCategory>

/** An image among a category's values; `attribute_code` is the code, a `|` and the attribute's uuid. */
export const AkeneoCategoryImage = z.looseObject({
  attribute_code: z.string(),
  channel: z.string().nullish(),
  locale: z.string().nullish(),
  data: z.looseObject({ file_path: z.string().min(1), original_filename: z.string().min(1).nullish() }),
})

/** https://api.akeneo.com/api-reference.html#Mediafile */
export const AkeneoMediaFile = z.looseObject({
  code: Code,
  original_filename: z.string(),
  mime_type: z.string().nullish(),
  size: z.number().nullish(),
  extension: z.string().nullish(),
  _links: Links,
})
export type AkeneoMediaFile = z.infer<typeof AkeneoMediaFile>

/** `GET /system-information`, since 6.0. Editions: CE, EE, GE (SaaS growth), Serenity (SaaS enterprise). */
export const AkeneoSystemInformation = z.looseObject({ version: z.string(), edition: z.string() })
export type AkeneoSystemInformation = z.infer<typeof AkeneoSystemInformation>

/** `GET /api/rest/v1`, open to all: what makes an address an Akeneo. */
export const AkeneoRoot = z.looseObject({
  host: z.string().optional(),
  authentication: z.record(z.string(), z.unknown()),
  routes: z.record(z.string(), z.looseObject({ route: z.string(), methods: z.array(z.string()) })),
})
export type AkeneoRoot = z.infer<typeof AkeneoRoot>
