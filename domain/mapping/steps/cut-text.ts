/** Letters as a reader counts them: an emoji or an accented letter is never cut in two. */
const letters = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** At most `length` UTF-16 units, which is what databases and Akeneo count, ending where a word or at least a letter ends. */
export function cutText(text: string, length: number, cut: 'word' | 'character' | 'refuse'): string | null {
  if (text.length <= length) return text
  if (cut === 'refuse') return null
  let end = 0
  for (const { index, segment } of letters.segment(text.slice(0, length + 64))) {
    if (index + segment.length > length) break
    end = index + segment.length
  }
  const whole = text.slice(0, end)
  if (cut === 'character' || /\s/.test(text.charAt(end))) return whole.trimEnd()
  const lastBlank = whole.search(/\s\S*$/)
  // One word that is longer than all of it is cut like letters.
  return lastBlank <= 0 ? whole : whole.slice(0, lastBlank).trimEnd()
}
