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
