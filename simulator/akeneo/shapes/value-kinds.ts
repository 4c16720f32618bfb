import type { Value } from '../catalog/records.ts'
import { isoDate } from '../dates.ts'
import {
  CHANNELS,
  CURRENCIES,
  KINDS,
  LOCALES,
  optionCode,
  OPTIONS_PER_SELECT,
  PHRASES,
  type Kind,
} from './shape.ts'

const DAYS = Array.from({ length: 3000 }, (_, day) => isoDate(Date.UTC(2026, 0, 5) - day * 86_400_000, 'UTC'))

/** What an attribute of a kind holds; the same seed makes the same. */
export function valuesOfKind(kind: Kind, seed: number): Value[] {
  switch (kind) {
    case 'text':
      return plain(`${phrase(seed % 9 === 0 ? 'other' : 'en_US', seed)} ${seed % 10_000}`)
    case 'localized':
      return LOCALES.map((locale) => ({
        locale,
        scope: null,
        data: `${phrase(locale, seed)} ${seed % 1000}`,
      }))
    case 'scoped':
      return CHANNELS.flatMap((scope) =>
        LOCALES.slice(0, scope === 'print' ? 2 : 3).map((locale) => ({
          locale,
          scope,
          data: `<p>${phrase(locale, seed)}. ${phrase(locale, seed >>> 3)}.</p>\n<p>${phrase('other', seed)}</p>`,
        })),
      )
    case 'select':
      return plain(optionCode(seed % OPTIONS_PER_SELECT))
    case 'multiselect':
      return plain([...new Set([optionCode(seed % 10), optionCode(10 + (seed % 10))])])
    case 'number':
      return plain(`${seed % 1000}.${String(seed % 100).padStart(2, '0')}00`)
    case 'metric':
      return plain({ amount: `${seed % 500}.5000`, unit: seed % 3 === 0 ? 'GRAM' : 'KILOGRAM' })
    case 'boolean':
      return plain(seed % 2 === 0)
    case 'date':
      return plain(DAYS[seed % DAYS.length] ?? null)
    case 'price':
      return plain(CURRENCIES.map((currency, index) => ({ amount: `${(seed % 900) + index}.90`, currency })))
  }
}

/** Which locales, scopes and currencies a value of each kind has, whatever its seed. */
export const COVERAGE = Object.fromEntries(KINDS.map((kind) => [kind, valuesOfKind(kind, 1)])) as Record<
  Kind,
  Value[]
>

export function plain(data: Value['data']): Value[] {
  return [{ locale: null, scope: null, data }]
}

function phrase(locale: string, seed: number): string {
  const phrases = PHRASES[locale] ?? []
  return phrases[seed % phrases.length] ?? ''
}
