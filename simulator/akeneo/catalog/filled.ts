import type { Attribute, FillRule, Product, ProductModel, Value, Values } from './records.ts'

/** One question to a product's values: is there a value of this attribute, in this scope and locale? */
export interface FillCheck {
  attribute: Attribute
  scope: string | null
  locale: string | null
  /** Currencies in which there must be an amount. */
  currencies: readonly string[]
}

/** What is there of an attribute, without the data of it where making that would take time. */
export function coverageOf(values: Values, code: string): readonly Value[] | undefined {
  const { rule, seed } = values
  if (rule === undefined || seed === undefined) return values.get(code)
  const entry = rule.entry(code)
  if (entry === undefined) return undefined
  return entry.draw === null || rule.holds(seed, entry.draw) ? entry.coverage : undefined
}

const NEVER = -2
const ALWAYS = -1

/** Checks as one rule answers them, packed: with closures a million products wait for memory. */
interface RuledChecks {
  /** By position: a draw, NEVER or ALWAYS. */
  draws: Int32Array
  /** By position: whether the entry satisfies the check where the record holds it. */
  satisfied: Uint8Array
}

/** Asks one list of checks of many products; what a rule says to them is found out once. */
export class FillChecks {
  readonly #checks: readonly FillCheck[]
  readonly #byRule = new Map<FillRule, RuledChecks>()
  readonly #identifiers: readonly number[]
  /** One flag for each check: what the last `ask` found. */
  readonly filled: Uint8Array

  constructor(checks: readonly FillCheck[]) {
    this.#checks = checks
    this.filled = new Uint8Array(checks.length)
    this.#identifiers = checks.flatMap((check, position) => (isMainIdentifier(check) ? [position] : []))
  }

  /** Fills in `filled`; the lowest level that holds the attribute counts, so they are asked from the highest down. */
  ask(product: Product | ProductModel, ancestors: readonly ProductModel[]): void {
    this.filled.fill(0)
    for (let level = ancestors.length - 1; level >= 0; level--) {
      const ancestor = ancestors[level]
      if (ancestor !== undefined) this.#askLevel(ancestor.values)
    }
    this.#askLevel(product.values)
    const isNamed = product.kind === 'product' && product.identifier !== null
    for (const position of this.#identifiers) this.filled[position] = Number(isNamed)
  }

  #askLevel(values: Values): void {
    const { rule, seed } = values
    if (rule === undefined || seed === undefined) {
      this.#checks.forEach((check, position) => {
        const entries = values.get(check.attribute.code)
        if (entries !== undefined) this.filled[position] = Number(satisfies(check, entries))
      })
      return
    }
    const { draws, satisfied } = this.#ruled(rule)
    for (let position = 0; position < draws.length; position++) {
      const draw = draws[position] ?? NEVER
      if (draw === NEVER) continue
      if (draw === ALWAYS || rule.holds(seed, draw)) this.filled[position] = satisfied[position] ?? 0
    }
  }

  #ruled(rule: FillRule): RuledChecks {
    const known = this.#byRule.get(rule)
    if (known !== undefined) return known
    const draws = new Int32Array(this.#checks.length).fill(NEVER)
    const satisfied = new Uint8Array(this.#checks.length)
    this.#checks.forEach((check, position) => {
      const entry = rule.entry(check.attribute.code)
      if (entry === undefined) return
      draws[position] = entry.draw ?? ALWAYS
      satisfied[position] = Number(satisfies(check, entry.coverage))
    })
    const ruled = { draws, satisfied }
    this.#byRule.set(rule, ruled)
    return ruled
  }
}

function isMainIdentifier({ attribute }: FillCheck): boolean {
  return attribute.is_main_identifier && attribute.type === 'pim_catalog_identifier'
}

function satisfies({ scope, locale, currencies }: FillCheck, entries: readonly Value[]): boolean {
  const entry = entries.find((value) => value.scope === scope && value.locale === locale)
  if (entry === undefined) return false
  if (currencies.length === 0 || !Array.isArray(entry.data)) return true
  const prices = entry.data as { amount: unknown; currency: string }[]
  return currencies.every((currency) =>
    prices.some((price) => price.currency === currency && price.amount !== null),
  )
}
