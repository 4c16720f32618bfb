/** Words of a name, in small letters, without what stands in brackets, unless it is a bound: `Size (W x D)` is `size`, `Load (max)` is `load max`. */
export const wordsOf = (name: string): string[] =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/\((?!\s*(?:min|max)(?:imum)?\.?\s*\))[^)]*\)/g, ' ')
    .replace(/\b(min|max)imum\b/g, '$1')
    .split(/[^\p{L}\p{N}]+/u)
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
export const likeness = (a: string, b: string): number => new NameIndex([[0, b]]).alike(a, 0).get(0) ?? 0

/** Names by their words, so that one of ours is compared with those only that share a word with it, not with tens of thousands. */
export class NameIndex {
  readonly #lengths = new Map<number, number>()
  readonly #places = new Map<string, number[]>()

  /** Numbers are the caller's. */
  constructor(names: Iterable<readonly [place: number, name: string]>) {
    for (const [place, name] of names) {
      const words = new Set(wordsOf(name))
      this.#lengths.set(place, words.size)
      for (const word of words) {
        const places = this.#places.get(word)
        if (places) places.push(place)
        else this.#places.set(word, [place])
      }
    }
  }

  /** Those that have more than this share of words in common with the name, with the share. */
  alike(name: string, above: number): Map<number, number> {
    const words = new Set(wordsOf(name))
    const common = new Map<number, number>()
    for (const word of words) {
      for (const place of this.#places.get(word) ?? []) common.set(place, (common.get(place) ?? 0) + 1)
    }
    const alike = new Map<number, number>()
    for (const [place, count] of common) {
      const share = count / (words.size + (this.#lengths.get(place) ?? 0) - count)
      if (share > above) alike.set(place, share)
    }
    return alike
  }
}
