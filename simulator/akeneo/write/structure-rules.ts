import type { Catalog } from '../catalog/catalog.ts'
import type { Labels } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import { isPhpArray, phpString, type Json } from '../json.ts'
import { arrayExpected, validArrayStructureExpected } from '../messages.ts'
import { scalar, type Refuse } from './payload.ts'

export const BLANK = 'This value should not be blank.'
export const IMMUTABLE = 'This property cannot be changed.'
export const ALREADY_USED = 'This value is already used.'
export const tooLong = (limit: number) =>
  `This value is too long. It should have ${limit} characters or less.`

/** Identifiers of products and codes of models. One line break at the end passes, as it does before PHP's `$`. */
export const IDENTIFIER_FORM = /^(?!\s)[^,;]+(?<!\s)(?=\n?$)/

/** A code as the body gives it, or as the URL does. */
export function readCode(
  input: { code: string | undefined; body: Record<string, Json> },
  refuse: Refuse,
): string {
  if (!Object.hasOwn(input.body, 'code')) return input.code ?? ''
  const given = scalar('code', input.body['code'] ?? null, refuse)
  return given === null ? '' : String(given)
}

/** Blank, characters and length of a code, in the order in which Akeneo lists them. */
export function codeViolations(
  code: string,
  characters: string,
  limit = 100,
  pattern = /^[a-zA-Z0-9_]+$/,
): Violation[] {
  if (code === '') return [{ property: 'code', message: BLANK }]
  const violations: Violation[] = []
  // One line break at the end passes, as it does before PHP's `$`.
  if (!pattern.test(code.replace(/\n$/, ''))) violations.push({ property: 'code', message: characters })
  if (code.length > limit) violations.push({ property: 'code', message: tooLong(limit) })
  return violations
}

/** Whether the code is free on creation, and unchanged on update. */
export function identityViolations(
  existing: { code: string } | undefined,
  code: string,
  taken: (code: string) => boolean,
): Violation[] {
  if (existing === undefined) return taken(code) ? [{ property: 'code', message: ALREADY_USED }] : []
  return existing.code === code ? [] : [{ property: 'code', message: IMMUTABLE }]
}

/** Sentences differ a little between resources: some quote the property, some name it plainly. */
export function scalarMap(field: string, value: Json, refuse: Refuse, quoted = true): Record<string, Json> {
  if (!isPhpArray(value)) throw refuse(arrayExpected(field, value))
  for (const item of Object.values(value)) {
    if (typeof item !== 'object' || item === null) continue
    const because = quoted
      ? `one of the "${field}" values is not a scalar`
      : `one of the ${field} is not a scalar`
    throw refuse(validArrayStructureExpected(field, because))
  }
  return Object.fromEntries(Object.entries(value))
}

/** Merges labels; a label that is null or empty removes its locale (TranslatableUpdater). */
export function mergeLabels(
  before: Labels,
  value: Json,
  catalog: Catalog,
  refuse: Refuse,
  quoted = true,
): Labels {
  const labels = new Map(Object.entries(before))
  for (const [given, label] of Object.entries(scalarMap('labels', value, refuse, quoted))) {
    const locale = catalog.locales.get(given) ?? given
    if (label === null || label === '') labels.delete(locale)
    else labels.set(locale, phpString(label))
  }
  return Object.fromEntries(labels)
}

/**
 * Labels that are too long, and locales that do not exist; they need not be switched on. Only attributes and options call a
 * long label by the name that the API has for it: all others show the path in Akeneo's own objects (config/validation).
 */
export function labelViolations(
  labels: Labels,
  catalog: Catalog,
  { limit = 100, named = false } = {},
): Violation[] {
  return Object.entries(labels).flatMap(([locale, label], index): Violation[] => {
    const violations: Violation[] = []
    if (label.length > limit) {
      const path = `translations[${index}].label`
      violations.push({ property: named ? 'labels' : path, path, message: tooLong(limit) })
    }
    if (!catalog.locales.has(locale)) {
      const message = `The locale "${locale}" does not exist.`
      violations.push({ property: 'labels', path: `translations[${index}].locale`, message })
    }
    return violations
  })
}
