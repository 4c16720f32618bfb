/** Items as one text; `html-list` makes a list of HTML, in which an item's own signs are no markup. */
export function joinItems(items: readonly string[], separator: string): string {
  if (separator !== 'html-list') return items.join(separator)
  return `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
