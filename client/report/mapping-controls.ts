import { actButton, actForm } from './controls.ts'
import type { MappingKey } from '../support/mapping-desk.ts'
import { mappingOf } from './mapping-name.ts'
import { markup, type Markup } from './markup.ts'

/** What a person may do about one mapping on a live page, in the place of the commands that do the same. */
export interface MappingControls {
  /** Above everything else of the mapping. */
  top: Markup
  accept(suggestion: string, what: string): Markup
  /** `word`: what is done to it, as the button says. */
  ignore(what: string, word: string): Markup
  raise(version: number): Markup
  /** Of the hub's: compares with stored records and leaves it at that. */
  compare: Markup
  apply: Markup
  decide(approval: string): Markup
  preview: Markup
}

/** What a button of the mapping's form asks for; a suggestion's name, or an attribute or address, behind it. */
export type MappingAsk =
  | { do: 'accept'; of: string }
  | { do: 'ignore'; of: string }
  | { do: 'raise' }
  | { do: 'compare' }
  | { do: 'apply' }

export function readMappingAsk(text: string): MappingAsk | null {
  const [, verb, of] = /^(accept|ignore) (\S{1,200})$/.exec(text) ?? []
  if (of !== undefined) return { do: verb as 'accept' | 'ignore', of }
  return text === 'raise' || text === 'compare' || text === 'apply' ? { do: text } : null
}

const formId = 'mapping-form'

export interface LiveMapping extends MappingKey {
  secret: string
  /** Of the file as the page shows it; null: there is none to change. */
  mark: string | null
  /** What a person wrote who could not be served; shown again. */
  reason: string | null
  /** The product that was looked at. */
  asked: string
}

export function liveMappingControls(page: LiveMapping): MappingControls {
  const { connection, output, secret, mark, reason, asked } = page
  const own = markup`<input type="hidden" name="secret" value="${secret}" />
    <input type="hidden" name="connection" value="${connection}" />
    <input type="hidden" name="of" value="${mappingOf(page)}" />`
  return {
    // A button that does nothing comes first: Enter in the field below must not press one that does.
    top: markup`${actForm(secret)}<form class="ask" id="${formId}" method="post" action="/mapping">
      <button disabled hidden>Nothing</button>${own}
      <input type="hidden" name="mark" value="${mark ?? ''}" />
      ${
        output === null &&
        markup`<label>Reason that the file gives for what you ignore <input name="reason" value="${reason ?? 'not wanted'}" maxlength="200" autocomplete="off" /></label>`
      }
    </form>`,
    accept: (suggestion, what) => button(`accept ${suggestion}`, 'Accept', what),
    ignore: (what, word) => button(`ignore ${what}`, word, what),
    raise: (version) => button('raise', `Raise the version to ${version}`),
    compare: button('compare', 'Compare with stored records'),
    apply: button('apply', 'Apply'),
    decide: (id) =>
      markup`${actButton({ do: 'approve', connection, of: id }, 'Approve')} ${actButton({ do: 'reject', connection, of: id }, 'Reject')}`,
    preview: markup`<form class="ask" method="post" action="/mapping/preview">${own}
      <label>SKU <input name="id" value="${asked}" required maxlength="200" autocomplete="off" /></label>
      <button>Show the product</button></form>
      ${output === null && markup`<p class="note">Icecat is asked for its sheet, which counts for fair use; nothing is written.</p>`}`,
  }
}

const button = (value: string, word: string, what?: string): Markup =>
  markup`<button form="${formId}" name="do" value="${value}"${what !== undefined && markup` aria-label="${word}: ${what}"`}>${word}</button>`
