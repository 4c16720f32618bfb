import { gtinFault } from '../../gtin.ts'
import { cleanHtml, stripHtml } from '../../mapping/steps/clean-html.ts'
import { cutText } from '../../mapping/steps/cut-text.ts'
import { joinItems } from '../../mapping/steps/join-items.ts'
import type { Steps } from '../../mapping/rule.ts'
import type { TargetAttribute } from '../target.ts'
import { absent, type CellResult, problem, quoted } from './cell.ts'
import { isLanguageFree, itemsOf, type SourceValue } from './source.ts'
import { knownMeasures } from './units.ts'

/** Akeneo's own limits, where the attribute has none. */
const longest: Record<string, number> = { pim_catalog_text: 255, pim_catalog_textarea: 65_535 }

/** Text as a language shows it; an amount with its sign. */
export function toText(
  source: SourceValue,
  steps: Steps,
  attribute: TargetAttribute,
  from: string,
): CellResult {
  const found = textOf(source, steps, attribute)
  if (found === undefined) return absent
  const text = shaped(found.text, found.html, steps, attribute)
  if (text.trim() === '') return absent
  if (steps.as === 'gtin') {
    const fault = gtinFault(text)
    if (fault !== null) return problem('bad-gtin', fault)
  }
  return limited(text, steps, attribute, (data) => ({ kind: 'value', data, from, language: found.language }))
}

interface FoundText {
  text: string
  language: string | null
  html: boolean
}

function textOf(source: SourceValue, steps: Steps, attribute: TargetAttribute): FoundText | undefined {
  if (source.kind === 'text') return source
  if (source.kind === 'items') {
    const join = steps.join ?? (isHtml(attribute) ? 'html-list' : isOneLine(attribute) ? ', ' : '\n')
    return { text: joinItems(source.items, join), language: source.language, html: join === 'html-list' }
  }
  const { feature, language } = source
  const shown = language === null ? undefined : feature.shown[language]
  if (shown === undefined) {
    // Not in a language that may stand here; but a size is the same in all of them.
    if (!isLanguageFree(feature.value)) return undefined
    const sign = knownMeasures.get(feature.measure?.id ?? '') ?? feature.measure?.sign ?? ''
    return { text: sign === '' ? feature.value : `${feature.value} ${sign}`, language: null, html: false }
  }
  const text = steps.join === null ? shown.text : joinItems(itemsOf(shown.text), steps.join)
  return { text, language, html: steps.join === 'html-list' }
}

const isHtml = ({ wysiwyg_enabled }: TargetAttribute): boolean => wysiwyg_enabled === true
const isOneLine = ({ type }: TargetAttribute): boolean => type === 'pim_catalog_text'

/** An editor shows HTML, so breaks become tags; every other field shows text, so tags go. */
function shaped(text: string, html: boolean, { html: step }: Steps, attribute: TargetAttribute): string {
  const way = step ?? (html && !isHtml(attribute) ? 'strip' : 'keep')
  if (way === 'strip') return oneLine(stripHtml(text.replace(/\n/g, '<br>')), attribute)
  const kept = way === 'clean' ? cleanHtml(text) : text
  return isHtml(attribute) ? kept.replace(/\n/g, '<br />') : oneLine(kept, attribute)
}

const oneLine = (text: string, attribute: TargetAttribute): string =>
  isOneLine(attribute) ? text.replace(/\s*\n\s*/g, ' ') : text

/** By the rule's limit, then by Akeneo's. */
export function limited(
  text: string,
  { max }: Pick<Steps, 'max'>,
  attribute: TargetAttribute,
  made: (text: string) => CellResult,
): CellResult {
  const isMarkup = /<[a-z/]/i.test(text) && isHtml(attribute)
  // Cut in the middle, HTML would be broken HTML.
  const cut = max === null ? text : cutText(text, max.length, isMarkup ? 'refuse' : max.cut)
  if (cut === null) {
    const hint =
      isMarkup && max?.cut !== 'refuse' ? '; HTML is not cut, but html: strip makes text of it' : ''
    return problem('too-long', `${text.length} letters, the rule allows ${String(max?.length)}${hint}`)
  }
  const most = Number(attribute.max_characters ?? longest[attribute.type] ?? Number.POSITIVE_INFINITY)
  if (cut.length > most) return problem('too-long', `${cut.length} letters, ${attribute.code} takes ${most}`)
  const fault = ruleFault(cut, attribute)
  return fault === null ? made(cut) : problem('against-rule', fault)
}

/** Akeneo's own check of a text: an address, a mail address, or an expression of PHP's. */
function ruleFault(
  text: string,
  { code, validation_rule: rule, validation_regexp: regexp }: TargetAttribute,
) {
  if (rule === 'url' && !/^https?:\/\/[^\s/]+/i.test(text))
    return `${quoted(text)} is no web address, as ${code} wants`
  if (rule === 'email' && !/^[^\s@]+@[^\s@]+$/.test(text))
    return `${quoted(text)} is no mail address, as ${code} wants`
  if (rule !== 'regexp' || !regexp) return null
  const expression = phpExpression(regexp)
  // What cannot be read here is left to Akeneo.
  return expression === undefined || expression.test(text)
    ? null
    : `${quoted(text)} does not match ${regexp} of ${code}`
}

function phpExpression(text: string): RegExp | undefined {
  const [, , body, flags = ''] = /^([/#~])([\s\S]*)\1([a-z]*)$/i.exec(text) ?? []
  if (body === undefined) return undefined
  try {
    return new RegExp(body, flags.replace(/[^imsu]/g, ''))
  } catch {
    return undefined
  }
}
