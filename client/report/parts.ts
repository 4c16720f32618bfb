import { markup, type Markup } from './markup.ts'

/** Building blocks that every section of the page uses. */

export interface Column<Row> {
  head: string
  cell: (row: Row) => Markup | string | number | bigint | null
  /** Figures stand at the right, one below the other. */
  figure?: boolean
}

/** A table with a caption; it scrolls sideways by itself, also by keyboard, where the window is narrow. */
export function tableOf<Row>(caption: string, columns: Column<Row>[], rows: Row[]): Markup {
  const kind = ({ figure }: Column<Row>) => figure === true && markup` class="figure"`
  const heads = columns.map((column) => markup`<th scope="col"${kind(column)}>${column.head}</th>`)
  const cells = (row: Row) =>
    columns.map((column) => {
      const content = column.cell(row)
      // Most of a page's cells hold nothing: those stand nowhere.
      return content === null ? markup`<td></td>` : markup`<td${kind(column)}>${content}</td>`
    })
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${cells(row)}</tr>\n`)}</tbody>
</table></div>`
}

/** A command to copy: one click selects all of it. */
export const command = (line: string): Markup => markup`<code class="command">${line}</code>`

export type Tone = 'good' | 'wait' | 'bad' | 'plain'

/** A word with a colour; the word alone says it too. */
export const chip = (tone: Tone, word: string): Markup => markup`<span class="chip ${tone}">${word}</span>`

/** An instant as UTC, to the second. */
export const time = (at: Date, text: string): Markup => {
  const second = at.toISOString().replace(/\.\d+/, '')
  return markup`<time datetime="${second}" title="${second}">${text}</time>`
}

export const note = (text: string | Markup): Markup => markup`<p class="note">${text}</p>`

/** A part of the page that one can jump to. */
export const section = (
  id: string,
  title: string,
  ...content: Markup[]
): Markup => markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${content}
</section>
`

/** A part of a section; nothing where it has no content. */
export const part = (title: string, content: Markup[]): Markup[] =>
  content.length === 0 ? [] : [markup`<h3>${title}</h3>\n${content}`]
