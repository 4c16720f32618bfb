import { foldCase } from '../../text.ts'
import type { WrittenValue } from './build-lines.ts'

/** What Akeneo says of one line that it does not take. */
export interface Refusal {
  message: string
  errors: readonly {
    property?: string
    message: string
    attribute?: string
    locale?: string | null
    scope?: string | null
  }[]
}

export interface RefusedValue<Value extends WrittenValue> {
  value: Value
  message: string
}

export type SplitRefusal<Value extends WrittenValue> =
  /** Some values are to blame: the others can go out again. */
  | { kind: 'values'; refused: RefusedValue<Value>[]; left: Value[] }
  /** It is not about a value of the line, such as a right on the record or what stands in it already. */
  | { kind: 'whole'; message: string }

/**
 * Which values of a line Akeneo refused. An answer without a list of errors, such as that of an
 * attribute that does not exist, names it in its sentence.
 * As soon as one error is about none of the values, leaving values out cannot help.
 */
export function splitRefusal<Value extends WrittenValue>(
  values: readonly Value[],
  { message, errors }: Refusal,
): SplitRefusal<Value> {
  const refused = new Map<Value, string>()
  const blame = (found: readonly Value[], text: string) => {
    for (const value of found) refused.set(value, text)
    return found.length > 0
  }
  const isExplained =
    errors.length === 0
      ? blame(
          values.filter(({ attribute }) => namedIn(message).has(foldCase(attribute))),
          message,
        )
      : errors.every((error) => blame(valuesOf(values, error), error.message))
  if (!isExplained) return { kind: 'whole', message: wholeMessage(message, errors) }
  return {
    kind: 'values',
    refused: [...refused].map(([value, text]) => ({ value, message: text })),
    left: values.filter((value) => !refused.has(value)),
  }
}

type AkeneoError = Refusal['errors'][number]

/** All places of the attribute, or the one that the error names. */
function valuesOf<Value extends WrittenValue>(values: readonly Value[], error: AkeneoError): Value[] {
  const attribute = attributeOf(error)
  if (attribute === null) return []
  const own = values.filter((value) => foldCase(value.attribute) === foldCase(attribute))
  const exact = own.filter(
    ({ locale, scope }) => locale === (error.locale ?? null) && scope === (error.scope ?? null),
  )
  return exact.length > 0 ? exact : own
}

/** Newer versions name the attribute; older ones a property, such as `values[weight-<all_channels>-<all_locales>]`. */
function attributeOf({ attribute, property }: AkeneoError): string | null {
  if (attribute !== undefined) return attribute
  return /^values\[(\w+)-/.exec(property ?? '')?.[1] ?? property ?? null
}

/** Attributes in quotes, and those of sentences such as `The weight attribute does not exist in your PIM.` */
const namedIn = (message: string): Set<string> =>
  new Set(
    [...message.matchAll(/["'“]([^"'”]+)["'”]|\b[Tt]he (\w+) attribute\b/g)].map(([, quoted, plain]) =>
      foldCase(quoted ?? plain ?? ''),
    ),
  )

const wholeMessage = (message: string, errors: readonly AkeneoError[]): string =>
  errors.length === 0
    ? message
    : errors
        .map((error) => {
          const attribute = attributeOf(error)
          return attribute === null ? error.message : `${attribute}: ${error.message}`
        })
        .join(' ')
