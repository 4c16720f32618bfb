/**
 * JSON with sorted keys: the same content is the same text, whatever order its fields came in. For what JSON can say; fields that are
 * undefined are left out, as JSON leaves them out. By hand, because it runs over each record: a replacer that sorts makes a copy
 * of each object, which took a quarter of a worker's time in a load (docs/performance.md).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) {
    let text = '['
    for (let index = 0; index < value.length; index++) {
      text += index === 0 ? canonicalJson(value[index]) : `,${canonicalJson(value[index])}`
    }
    return `${text}]`
  }
  const fields = value as Record<string, unknown>
  let text = ''
  for (const key of sortedKeys(fields)) {
    const field = fields[key]
    if (field === undefined) continue
    text += (text === '' ? '' : ',') + quotedKey(key) + canonicalJson(field)
  }
  return `{${text}}`
}

/** Names of fields and codes of attributes come with every record; what comes beyond so many is quoted each time. */
const mostQuotedKeys = 10_000
const quotedKeys = new Map<string, string>()

function quotedKey(key: string): string {
  const known = quotedKeys.get(key)
  if (known !== undefined) return known
  const quoted = `${JSON.stringify(key)}:`
  if (quotedKeys.size < mostQuotedKeys) quotedKeys.set(key, quoted)
  return quoted
}

const fewKeys = 12

/** `sort` makes a list of its own; a record has a hundred objects with three keys each. */
function sortedKeys(fields: object): string[] {
  const keys = Object.keys(fields)
  if (keys.length > fewKeys) return keys.sort()
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] as string
    let place = index
    for (; place > 0 && (keys[place - 1] as string) > key; place--) keys[place] = keys[place - 1] as string
    keys[place] = key
  }
  return keys
}
