import { foldCase } from '../../text.ts'
import type { Constant } from '../../mapping/rule.ts'
import type { IcecatMapping } from '../mapping/document.ts'
import type { Texts } from '../sheet.ts'
import type { TargetOption } from '../target.ts'
import { type CellResult, problem, quoted } from './cell.ts'
import { itemsOf, type SourceValue } from './source.ts'

/** Options of one attribute, to be found by what Icecat writes. */
export interface OptionFinder {
  /** A code, none, or several that fit equally. */
  find(word: OptionWord): string | undefined | string[]
}

/** One value with what each language shows for it. */
export interface OptionWord {
  international: string
  shown: Texts
}

export interface FinderSettings {
  options: readonly TargetOption[]
  match: IcecatMapping['options']['match']
  languages: IcecatMapping['languages']
  neutral: string
  vocabulary: ReadonlyMap<string, Texts>
}

export function createOptionFinder({
  options,
  match,
  languages,
  neutral,
  vocabulary,
}: FinderSettings): OptionFinder {
  const byCode = new Map(options.map(({ code }) => [foldCase(code), code]))
  const byLabel = new Map<string, Set<string>>()
  for (const { code, labels = {} } of options) {
    for (const [locale, label] of Object.entries(labels)) {
      if (label === null || label.trim() === '') continue
      const key = labelKey(locale, label)
      byLabel.set(key, (byLabel.get(key) ?? new Set()).add(code))
    }
  }
  // A text counts for a label only in a locale that its language may feed: "Gift" is poison in German.
  const localesOf = (language: string) =>
    languages
      .filter(({ chain }) => chain.some(({ text }) => text === language))
      .map(({ locale }) => locale.text)
  const international = [...new Set([...localesOf(neutral), ...localesOf('EN'), ...localesOf('US')])]

  function byTexts(word: string, shown: Texts): Set<string> {
    const keys = international.map((locale) => labelKey(locale, word))
    for (const [language, text] of Object.entries(shown)) {
      for (const locale of localesOf(language)) keys.push(labelKey(locale, text))
    }
    return new Set(keys.flatMap((key) => [...(byLabel.get(key) ?? [])]))
  }

  return {
    find({ international: word, shown }) {
      for (const way of match) {
        if (way === 'code') {
          const code = byCode.get(foldCase(word.trim())) ?? byCode.get(slug(word))
          if (code !== undefined) return code
          continue
        }
        const texts = way === 'label' ? shown : (vocabulary.get(foldCase(word.trim())) ?? {})
        const found = byTexts(word, texts)
        if (found.size > 0) return found.size === 1 ? [...found][0] : [...found]
      }
      return undefined
    },
  }
}

const labelKey = (locale: string, label: string): string => `${locale} ${foldCase(label.trim())}`

/** As a code is usually made of a label. */
export const slug = (text: string): string =>
  foldCase(text.trim())
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')

export interface OptionRule {
  finder: OptionFinder
  map: ReadonlyMap<string, Constant> | null
  multiple: boolean
  attribute: string
  languages: IcecatMapping['languages']
  from: string
}

export function toOption(source: SourceValue, rule: OptionRule): CellResult {
  const whole = wordOf(source)
  const text = whole.international
  // A value with commas in it may be one option; only then is it several.
  const found = find(whole, rule)
  if (typeof found === 'string') return valueOf(rule.multiple ? [found] : found, rule)
  const words = source.kind === 'items' ? source.items.map(wordIn) : wordsOf(whole)
  if (!rule.multiple && words.length > 1 && found === undefined) {
    return problem(
      'several-values',
      `${quoted(text)} are ${words.length} values, ${rule.attribute} takes one`,
    )
  }
  const codes: string[] = []
  const missing: OptionWord[] = []
  for (const word of rule.multiple ? words : [whole]) {
    const code = find(word, rule)
    if (typeof code === 'string') codes.push(code)
    else if (code === undefined) missing.push(word)
    else {
      return problem(
        'ambiguous-option',
        `${quoted(word.international)} fits ${code.join(' and ')} of ${rule.attribute}`,
      )
    }
  }
  if (missing.length > 0) return unknown(missing, rule)
  return valueOf([...new Set(codes)], rule)
}

const valueOf = (data: string | string[], { from }: OptionRule): CellResult => ({
  kind: 'value',
  data,
  from,
  language: null,
})

function find(word: OptionWord, { map, finder }: OptionRule): string | undefined | string[] {
  const mapped = map?.get(foldCase(word.international.trim()))
  return mapped === undefined ? finder.find(word) : String(mapped.value)
}

/** A list that lacks some of its values would look complete: none is written. */
function unknown(missing: OptionWord[], { attribute, languages }: OptionRule): CellResult {
  const names = missing.map(({ international }) => quoted(international)).join(', ')
  return {
    ...problem('unknown-option', `${attribute} has no option for ${names}`),
    missingOptions: missing.map((word) => ({
      code: slug(word.international).slice(0, 100),
      labels: Object.fromEntries(
        languages.map(({ locale, chain }) => {
          const language = chain.find(({ text }) => word.shown[text] !== undefined)?.text
          return [
            locale.text,
            (language === undefined ? undefined : word.shown[language]) ?? word.international,
          ]
        }),
      ),
    })),
  }
}

const wordIn = (text: string): OptionWord => ({ international: text, shown: {} })

function wordOf(source: SourceValue): OptionWord {
  if (source.kind === 'items') return wordIn(source.items.join(', '))
  if (source.kind === 'text') {
    return {
      international: source.text,
      shown: source.language === null ? {} : { [source.language]: source.text },
    }
  }
  const { value, shown } = source.feature
  return {
    international: value,
    shown: Object.fromEntries(Object.entries(shown).map(([language, { text }]) => [language, text])),
  }
}

/** The parts of a value, with those of each language beside them where these are as many. */
function wordsOf({ international, shown }: OptionWord): OptionWord[] {
  const parts = itemsOf(international)
  const byLanguage = Object.entries(shown).map(([language, text]) => [language, itemsOf(text)] as const)
  return parts.map((part, place) => ({
    international: part,
    shown: Object.fromEntries(
      byLanguage
        .filter(([, texts]) => texts.length === parts.length)
        .map(([language, texts]) => [language, texts[place] ?? '']),
    ),
  }))
}
