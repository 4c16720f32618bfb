/** Markup that is safe to print: made by the tag below, or not at all. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

type Part = Markup | string | number | bigint | null | undefined | false | readonly Part[]

/**
 * Markup from a template. What is put in is text and escaped, in content and in quoted attributes alike, unless it is markup
 * of this tag itself; lists are joined, nothing is printed for what is absent. No part may be a tag's or an attribute's name,
 * or the value of `style` or an event.
 */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(
    unindented(strings).reduce((text, string, index) => text + printed(parts[index - 1]) + string),
  )
}

const withoutIndents = new WeakMap<TemplateStringsArray, readonly string[]>()

/** A template's own text without the indents of the source it stands in: on a page of many rows they were 3 % of its size. */
function unindented(strings: TemplateStringsArray): readonly string[] {
  const known = withoutIndents.get(strings)
  if (known !== undefined) return known
  const texts = strings.map((text) => text.replace(/\s*\n\s*/g, '\n'))
  withoutIndents.set(strings, texts)
  return texts
}

function printed(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(printed).join('')
  return escape(part.toString())
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Control characters have no place in a document, and some of them end one for a parser. */
const escape = (text: string): string =>
  text
    .replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)
    // eslint-disable-next-line no-control-regex -- these are meant
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')

/** A link where the address is one of the web; else its text alone. */
export const link = (url: string, text: string): Markup =>
  /^https?:\/\//.test(url) ? markup`<a href="${url}" rel="noreferrer">${text}</a>` : markup`${text}`
