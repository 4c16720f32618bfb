import type { Address } from '../../mapping/address.ts'
import type { Word } from '../../mapping/document.ts'
import type { Condition, Constant, Rule } from '../../mapping/rule.ts'
import type { IcecatAddress } from './icecat-address.ts'

export type IcecatSource =
  | { kind: 'from'; addresses: IcecatAddress[] }
  | { kind: 'const'; constant: Constant }
  /** Texts with addresses between them. */
  | { kind: 'template'; parts: (string | IcecatAddress)[] }

/** A rule whose source is a sheet; its steps are those of every rule. */
export type IcecatRule = Omit<Rule, 'source'> & { source: IcecatSource }

export type MatchRule = { when: Condition | null; line: number } & (
  | { by: 'gtin'; addresses: Address[] }
  | { by: 'code'; brand: Address; brandLabel: string | null; asLabel: boolean; code: Address }
  | { by: 'icecatId'; address: Address }
)

/** Sections of a mapping file besides its version and its rules: how the whole enrichment behaves. */
export const settingSections = [
  'preset',
  'products',
  'match',
  'guard',
  'languages',
  'neutral',
  'channels',
  'ownership',
  'variants',
  'options',
  'write',
] as const

/** What stands in Akeneo now decides, value by value: contracts, section 2. */
export const ownershipCases = ['empty', 'same', 'foreign', 'edited', 'cleared', 'withdrawn'] as const
export type OwnershipCase = (typeof ownershipCases)[number]

export interface OwnershipPolicy {
  empty: 'fill' | 'keep'
  same: 'adopt' | 'keep'
  foreign: 'keep' | 'flag' | 'overwrite'
  edited: 'keep' | 'flag' | 'overwrite'
  cleared: 'keep' | 'flag' | 'overwrite'
  withdrawn: 'keep' | 'flag' | 'clear'
}

export interface ProductFilter {
  enabled: boolean | null
  family: Word[] | null
  /** Products whose flag attribute has one of these values. */
  flag: { attribute: Word; values: Word[] } | null
  categories: Word[] | null
  complete: { below: number; channel: Word; locales: Word[] } | null
  /** A day, or a time in UTC to the second, from which on the product has changed in Akeneo. Absent, not null: what older files mean stays the same. */
  updatedSince?: string
}

export interface MediaMapping {
  code: string
  /** The first that has a file. */
  addresses: IcecatAddress[]
  when: Condition | null
  line: number
  text: string
}

/** A mapping file of the direction Icecat to Akeneo, read and well-formed; whether it fits a catalogue is not known yet. */
export interface IcecatMapping {
  /** File name without folder and ending, for provenance. */
  name: string
  version: number
  preset: 'managed' | 'self-service' | 'raw'
  products: ProductFilter
  match: MatchRule[]
  guard: { brand: 'agree' | 'ignore' }
  /** Icecat's languages that may feed a locale, in order. */
  languages: { locale: Word; chain: Word[] }[]
  /** Feeds attributes without locale. */
  neutral: Word
  channels: Word[]
  ownership: OwnershipPolicy
  variants: { disagree: 'skip' | 'first' }
  options: { match: ('code' | 'label' | 'vocabulary')[]; create: 'never' | 'ask' | 'always' }
  write: 'direct' | 'proposal'
  attributes: { code: string; rule: IcecatRule }[]
  media: MediaMapping[]
  /** By address: left out on purpose, with the reason. */
  ignore: { address: IcecatAddress; reason: string }[]
}
