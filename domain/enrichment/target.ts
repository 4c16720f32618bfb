import type { UnitFamily } from '../mapping/steps/convert-unit.ts'

/**
 * What values of Akeneo must be like, in its own words: the catalogue's structure as it was read fits without being turned
 * into something else. Maps ignore letter case, as Akeneo does.
 */
export interface TargetStructure {
  attributes: ReadonlyMap<string, TargetAttribute>
  /** By attribute. */
  options: ReadonlyMap<string, readonly TargetOption[]>
  families: ReadonlyMap<string, TargetFamily>
  channels: readonly TargetChannel[]
  measurementFamilies: ReadonlyMap<string, TargetUnitFamily>
}

export interface TargetAttribute {
  code: string
  type: string
  localizable: boolean
  scopable: boolean
  available_locales?: string[] | null | undefined
  allowed_extensions?: string[] | null | undefined
  metric_family?: string | null | undefined
  default_metric_unit?: string | null | undefined
  max_characters?: number | string | null | undefined
  validation_rule?: string | null | undefined
  validation_regexp?: string | null | undefined
  wysiwyg_enabled?: boolean | null | undefined
  number_min?: number | string | null | undefined
  number_max?: number | string | null | undefined
  decimals_allowed?: boolean | null | undefined
  negative_allowed?: boolean | null | undefined
  date_min?: string | null | undefined
  date_max?: string | null | undefined
  /** Megabytes. */
  max_file_size?: number | string | null | undefined
  is_read_only?: boolean | null | undefined
}

export interface TargetOption {
  code: string
  labels?: Readonly<Record<string, string | null>> | undefined
}

export interface TargetFamily {
  attributes: readonly string[]
}

export interface TargetChannel {
  code: string
  locales: readonly string[]
}

export interface TargetUnitFamily extends UnitFamily {
  units: Readonly<
    Record<
      string,
      {
        code: string
        symbol?: string | null | undefined
        convert_from_standard: readonly { operator: 'mul' | 'div' | 'add' | 'sub'; value: string }[]
      }
    >
  >
}
