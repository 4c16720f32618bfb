import type { Address } from './address.ts'
import type { Condition, Rule } from './rule.ts'

/** A word of the file with its line, so that what is wrong with it can be shown there. */
export interface Word {
  text: string
  line: number
}

export interface PriceRules {
  list: Rule | null
  msrp: Rule | null
  sale: Rule | null
}

export interface MediaRule {
  role: string
  /** The first that has a file. */
  addresses: Address[]
  when: Condition | null
  line: number
  text: string
}

export interface UnitRule {
  code: string
  base: boolean
  conversion: Rule
  barcode: Rule | null
  prices: PriceRules
  weight: Rule | null
  when: Condition | null
  line: number
  text: string
}

export interface InventoryRule {
  location: string
  unit: Word
  quantity: Rule
  line: number
}

export interface KitRule {
  /** Code of the association type. */
  association: string
  type: 'basic' | 'billOfMaterials' | 'addOn'
  /** Of each component of a plain type; quantified types say their own. */
  quantity: Word | null
  whenIncomplete: 'skip-item' | 'wait'
  line: number
}

/** Parts of a whole, 0.05 for `5%`. */
export interface MappingGuards {
  emptied: number | null
  changed: number | null
  retired: number | null
}

/** A mapping file of the direction Akeneo to hub, read and well-formed; whether it fits a catalogue is not known yet. */
export interface HubMapping {
  /** File name without folder and ending, as `source.mapping` shows it. */
  name: string
  /** Grows when the file changes; its author's. */
  version: number
  output: string
  channel: Word
  /** With their fallbacks in order; null: all locales of the channel, without fallbacks. */
  locales: { locale: Word; fallbacks: Word[] }[] | null
  /** Null: all currencies of the channel. */
  currencies: Word[] | null
  publish: {
    /** Whether a disabled product is withheld. */
    enabled: boolean
    /** Categories below which, or in which, a product must be; empty: anywhere. */
    within: Word[]
    complete: { atLeast: number; locales: Word[] } | null
  }
  guards: MappingGuards
  groupAt: 'root' | 'lowest'
  product: {
    sku: Rule | null
    name: Rule | null
    description: Rule | null
    brand: Rule | null
    barcode: Rule | null
    type: Rule | null
    taxClass: Rule | null
    alternateIds: { type: string; rule: Rule }[]
    prices: PriceRules
  }
  attributes: {
    include: 'all' | 'none' | Word[]
    except: Word[]
    named: { code: string; rule: Rule }[]
  }
  media: MediaRule[]
  units: UnitRule[]
  inventory: { trackBy: 'product' | 'variant'; levels: InventoryRule[] }
  /** `all`: every plain association type under its own code. */
  related: 'all' | { association: string; type: string; line: number }[]
  kits: KitRule[]
}
