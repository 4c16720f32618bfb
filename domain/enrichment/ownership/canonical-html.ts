const empty = new Set(['br', 'hr', 'img', 'input', 'col', 'wbr'])
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/**
 * HTML in one way of writing it: what an editor or a clean-up changes without changing what is shown does not count. Tags in
 * small letters, attributes sorted and quoted, entities as letters, blanks as one.
 */
export function canonicalHtml(html: string): string {
  const pieces: string[] = []
  let at = 0
  for (const match of html.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi)) {
    pieces.push(textPiece(html.slice(at, match.index)))
    const [whole, slash = '', name = '', inside = ''] = match
    pieces.push(tagPiece(slash, name.toLowerCase(), inside))
    at = match.index + whole.length
  }
  pieces.push(textPiece(html.slice(at)))
  return pieces
    .join('')
    .replace(/[ \t\r\n]+/g, ' ')
    .replace(
      / ?(<\/?(?:p|div|ul|ol|li|br|hr|h[1-6]|table|thead|tbody|tr|td|th|blockquote|pre)\b[^>]*>) ?/g,
      '$1',
    )
    .trim()
}

/** Signs that text may hold stay apart from markup: a `<` that was an entity must not become a tag. */
const textPiece = (text: string): string =>
  decoded(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function tagPiece(slash: string, name: string, inside: string): string {
  if (slash !== '') return empty.has(name) ? '' : `</${name}>`
  const attributes = [...inside.matchAll(/([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)]
    .map(([, key = '', double, single, bare]) => {
      const value = decoded(double ?? single ?? bare ?? '')
      return `${key.toLowerCase()}="${value.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}"`
    })
    .sort()
  return `<${[name, ...attributes].join(' ')}>`
}

const decoded = (text: string): string =>
  text.replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return named[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
      ? String.fromCodePoint(code)
      : whole
  })
