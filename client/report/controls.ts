import type { MappingKey } from '../support/mapping-desk.ts'
import { mappingHref, mappingTitle } from './mapping-name.ts'
import { markup, type Markup } from './markup.ts'

/** What a person may do on a live page, in the place of the commands that do the same. */
export interface Controls {
  /** Above everything else. */
  top: Markup
  retry(connection: string, reason: string): Markup
  decide(connection: string, approval: string): Markup
  /** Where its mappings are seen and changed. */
  mappings(connection: string): Markup[]
}

/** What a button asks for: of a reason of rejections, or of what waits under an id. */
export interface Action {
  do: 'retry' | 'approve' | 'reject'
  connection: string
  of: string
}

/** As a button's value carries it, short, because a page has many: names of connections have no blanks. */
const actionText = ({ do: verb, connection, of }: Action): string => `${verb} ${connection} ${of}`

/** Null for what no button says. */
export function readAction(text: string): Action | null {
  const [, verb, connection = '', of = ''] = /^(retry|approve|reject) (\S+) (.+)$/.exec(text) ?? []
  return verb === undefined ? null : { do: verb as Action['do'], connection, of }
}

/** The one form of a page: buttons name it, so that its secret stands there once. */
const formId = 'act'

export interface LivePage {
  /** Shows that a request comes from a page of ours. */
  secret: string
  connections: string[]
  mappings: readonly MappingKey[]
  /** What the last request brought; null: nothing was asked. */
  notice: { text: string; url: string | null } | null
}

export const actForm = (secret: string): Markup => markup`<form id="${formId}" method="post" action="/act">
        <input type="hidden" name="secret" value="${secret}" />
      </form>`

export const noticeSection = (notice: LivePage['notice']): Markup | null =>
  notice &&
  markup`<section aria-labelledby="notice"><h2 id="notice">Done</h2><p role="status">${notice.text}${
    notice.url !== null && markup` <a href="${notice.url}">Look at it in Temporal</a>`
  }</p></section>`

export function liveControls({ secret, connections, mappings, notice }: LivePage): Controls {
  return {
    top: markup`${actForm(secret)}
      ${noticeSection(notice)}
      ${searchSection(connections, '', connections[0] ?? '')}`,
    retry: (connection, reason) => actButton({ do: 'retry', connection, of: reason }, 'Try again'),
    decide: (connection, id) =>
      markup`${actButton({ do: 'approve', connection, of: id }, 'Approve')} ${actButton({ do: 'reject', connection, of: id }, 'Reject')}`,
    mappings: (connection) =>
      mappings
        .filter((name) => name.connection === connection)
        .map((name) => markup`<p><a href="${mappingHref(name)}">${mappingTitle(name)}</a></p>`),
  }
}

/** The name that is read aloud begins with the word that is seen. */
export const actButton = (action: Action, word: string): Markup =>
  markup`<button form="${formId}" name="action" value="${actionText(action)}" aria-label="${word}: ${action.of} of ${action.connection}">${word}</button>`

export const searchSection = (connections: string[], asked: string, chosen: string): Markup =>
  markup`<section aria-labelledby="search">
    <h2 id="search">Why is it there, or not?</h2>
    <form class="ask" action="/explain">
      ${
        connections.length > 1 &&
        markup`<label>Connection <select name="connection">${connections.map(
          (name) => markup`<option value="${name}"${name === chosen && markup` selected`}>${name}</option>`,
        )}</select></label>`
      }
      <label>SKU, code or uuid <input name="id" value="${asked}" required maxlength="200" autocomplete="off" /></label>
      <button>Explain</button>
    </form>
  </section>`
