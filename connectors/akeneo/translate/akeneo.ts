/** Akeneo's records, as far as the translation reads them. */
type Labels = Record<string, string | null>

export interface AkeneoAttribute {
  code: string
  type: string
  localizable: boolean
  scopable: boolean
  labels?: Labels | undefined
  metric_family?: string | null | undefined
  is_main_identifier?: boolean | undefined
}
export interface AkeneoOption {
  code: string
  attribute: string
  sort_order?: number | undefined
  labels?: Labels | undefined
}
export interface AkeneoFamily {
  code: string
  attributes: string[]
  attribute_as_label?: string | null | undefined
  attribute_as_image?: string | null | undefined
}
export interface AkeneoFamilyVariant {
  code: string
  variant_attribute_sets: { level: number; axes: string[]; attributes: string[] }[]
}
export interface AkeneoChannel {
  code: string
  locales: string[]
  currencies: string[]
}
export interface AkeneoAssociationType {
  code: string
  is_quantified?: boolean | undefined
}
export interface AkeneoMeasurementFamily {
  code: string
  units: Record<string, { code: string }>
}
export interface AkeneoCategory {
  code: string
  parent: string | null
  updated?: string | undefined
  labels?: Labels | undefined
}
export interface AkeneoValue {
  locale: string | null
  scope: string | null
  data?: unknown
}
export type AkeneoValues = Record<string, AkeneoValue[]>
export type AkeneoAssociations = Record<
  string,
  { products?: string[] | undefined; product_models?: string[] | undefined }
>
interface Enriched {
  family?: string | null | undefined
  parent?: string | null | undefined
  categories?: string[] | undefined
  values: AkeneoValues
  updated: string
  associations?: AkeneoAssociations | undefined
}
export interface AkeneoProduct extends Enriched {
  uuid?: string | undefined
  identifier?: string | null | undefined
  enabled: boolean
}
export interface AkeneoProductModel extends Enriched {
  code: string
  family_variant: string
}
