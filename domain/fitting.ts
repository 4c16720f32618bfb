/** The first of `items` whose JSON stays within so many characters together; at least one. */
export function fitting<T>(items: T[], characters: number): T[] {
  let left = characters
  const end = items.findIndex((item) => {
    left -= JSON.stringify(item).length
    return left < 0
  })
  return end < 0 ? items : items.slice(0, Math.max(1, end))
}
