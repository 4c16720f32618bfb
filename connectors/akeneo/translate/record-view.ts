import { isBlank } from '../../../domain/text.ts'
import type { AkeneoFamily, AkeneoValues } from '../schema.ts'
import { heldValues, type HeldValues } from './held.ts'
import { readText } from './kinds.ts'
import type { Reading } from './reading.ts'
import type { ExpressionResults } from './rules/expression.ts'

/** One record, or one level of it, as rules see it. */
export interface RecordView {
  reading: Reading
  values: AkeneoValues
  held: HeldValues
  /** False for attributes of other levels, whose values Akeneo shows here too. */
  owns: (attribute: string) => boolean
  family: AkeneoFamily | undefined
  /** The main identifier of a product, the code of a model. */
  identifier: string | null
  enabled: boolean | null
  /** Attributes that became a field of their own: they do not stand among the attributes again. */
  taken: Set<string>
  /** The attribute that was read last. */
  lastRead: string | null
  /** What the expressions of the output gave for this record; null where none was evaluated. */
  expressions: ExpressionResults | null
}

const everything = () => true

export function productView(
  source: { values: AkeneoValues; identifier?: string | null | undefined; enabled: boolean },
  family: AkeneoFamily | undefined,
  reading: Reading,
  expressions: ExpressionResults | null,
): RecordView {
  const held = heldValues(source.values, reading)
  return {
    reading,
    values: source.values,
    held,
    owns: everything,
    family,
    identifier: mainIdentifier(held, source.identifier, reading),
    enabled: source.enabled,
    taken: new Set(),
    lastRead: null,
    expressions,
  }
}

/** A model's values of the levels that it speaks for. */
export function modelView(
  source: { values: AkeneoValues; code: string },
  owns: (attribute: string) => boolean,
  family: AkeneoFamily | undefined,
  reading: Reading,
  expressions: ExpressionResults | null,
): RecordView {
  const held = heldValues(source.values, reading)
  for (const code of held.keys()) if (!owns(code)) held.delete(code)
  return {
    reading,
    values: source.values,
    held,
    owns,
    family,
    identifier: source.code,
    enabled: null,
    taken: new Set(),
    lastRead: null,
    expressions,
  }
}

/** `/products` leaves the main identifier out of the values and names it beside them. */
function mainIdentifier(
  held: HeldValues,
  identifier: string | null | undefined,
  { plan, findings }: Reading,
): string | null {
  const item = plan.mainIdentifier === null ? undefined : held.get(plan.mainIdentifier)
  const text = item && readText(item.entries[0]?.data)
  if (item && text === undefined) findings.unreadable(item.attribute, 'a text')
  return text ?? readText(identifier) ?? null
}

export const blank = (text: string | null): boolean => text === null || isBlank(text)
