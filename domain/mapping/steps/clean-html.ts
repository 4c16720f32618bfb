/** What a description needs; everything else is taken away, its text kept. */
const kept = new Set(
  'a abbr b blockquote br caption code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup table tbody td tfoot th thead tr u ul'.split(
    ' ',
  ),
)
/** These go with all they hold. */
const dropped =
  'script style iframe object embed noscript template svg math form title head textarea select'.split(' ')
const droppedParts = new RegExp(`<(${dropped.join('|')})\\b[^>]*>[\\s\\S]*?(?:</\\1\\s*>|$)`, 'gi')
const tag = /<(\/?)([A-Za-z][A-Za-z0-9]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/g
const href = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i

/**
 * Text of an editor without scripts, styles, handlers and attributes; links keep a web or mail address. Each `<`
 * of the result begins a tag written here: one between two tags is a sign (`< 5 kg`, or half a tag), which nothing
 * that is taken away beside it can make the beginning of another tag.
 */
export function cleanHtml(html: string): string {
  const text = withoutParts(html)
  let cleaned = ''
  let end = 0
  for (const found of text.matchAll(tag)) {
    cleaned += signs(text.slice(end, found.index)) + cleanTag(found)
    end = found.index + found[0].length
  }
  return cleaned + signs(text.slice(end))
}

function signs(text: string): string {
  return text.replaceAll('<', '&lt;')
}

function cleanTag([, slash, name, inside]: RegExpExecArray): string {
  const lower = name?.toLowerCase() ?? ''
  if (!kept.has(lower)) return ''
  const target = lower === 'a' && slash === '' ? safeAddress(inside ?? '') : undefined
  return target === undefined ? `<${slash}${lower}>` : `<a href="${target}">`
}

/** Comments and parts that are no text. Until nothing is found: taking one away can make another. */
function withoutParts(html: string): string {
  for (let text = html; ;) {
    const next = text.replace(/<!--[\s\S]*?(?:-->|$)/g, '').replace(droppedParts, '')
    if (next === text) return text
    text = next
  }
}

function safeAddress(attributes: string): string | undefined {
  const found = href.exec(attributes)
  const target = (found?.[1] ?? found?.[2] ?? found?.[3])?.trim()
  if (target === undefined || !/^(?:https?:\/\/|mailto:)/i.test(target)) return undefined
  return target.replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Plain text: paragraphs and breaks become lines. */
export function stripHtml(html: string): string {
  return withoutParts(html)
    .replace(/<(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b[^>]*>/gi, '\n')
    .replace(tag, '')
    .replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]+);/gi, (whole, name: string) => entityOf(name) ?? whole)
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
}

function entityOf(name: string): string | undefined {
  if (!name.startsWith('#')) return entities[name.toLowerCase()]
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : undefined
}
