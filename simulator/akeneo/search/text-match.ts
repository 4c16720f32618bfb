/** Text operators of the search index: whatever the letter case, as its lower-casing normalizer makes them. */
export function textMatcher(operator: string, wanted: string): (text: string) => boolean {
  const needle = wanted.toLowerCase()
  switch (operator) {
    case 'STARTS WITH':
      return (text) => text.toLowerCase().startsWith(needle)
    case 'CONTAINS':
      return (text) => text.toLowerCase().includes(needle)
    case 'DOES NOT CONTAIN':
      return (text) => !text.toLowerCase().includes(needle)
    case '=':
      return (text) => text.toLowerCase() === needle
    default:
      return (text) => text.toLowerCase() !== needle
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/** Text of HTML without its tags and line breaks, as the search index reads text areas (elasticsearch/settings.yml). */
export function readableText(html: string): string {
  if (!/[<&\r\n]/.test(html)) return html
  return html
    .replace(/&(?:#(\d{1,6})|([a-z]+));/gi, (whole, number: string | undefined, name: string | undefined) =>
      number === undefined
        ? (ENTITIES[name?.toLowerCase() ?? ''] ?? whole)
        : String.fromCodePoint(Number(number)),
    )
    .replace(/<!--.*?-->|<\/?[a-z][^<>]*>/gis, '')
    .replace(/[\r\n]/g, '')
}
