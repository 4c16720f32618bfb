/** Words of a name, in small letters, without what stands in brackets: `Weight (max)` is `weight`. */
export const wordsOf = (name: string): string[] =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/\([^)]*\)/g, ' ')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !emptyWords.has(word))
    .map(singular)

const emptyWords = new Set([
  'the',
  'of',
  'der',
  'die',
  'das',
  'de',
  'du',
  'la',
  'le',
  'in',
  'and',
  'und',
  'et',
])

const singular = (word: string): string =>
  word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word

/** From 0 to 1: the share of words that two names have in common; 1 only for the same words. */
export function likeness(a: string, b: string): number {
  const [one, other] = [new Set(wordsOf(a)), new Set(wordsOf(b))]
  if (one.size === 0 || other.size === 0) return 0
  const common = [...one].filter((word) => other.has(word)).length
  return common / (one.size + other.size - common)
}
