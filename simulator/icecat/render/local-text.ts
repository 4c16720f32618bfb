import type { Texts } from '../model.ts'

export const EMPTY = { Value: '', Language: '' }

/** In the language, else in English; the answer says which. */
export function localText(texts: Texts, language: string): { Value: string; Language: string } {
  for (const candidate of [language, 'EN', ...Object.keys(texts)]) {
    const value = texts[candidate]
    if (value !== undefined) return { Value: value, Language: candidate }
  }
  return EMPTY
}
