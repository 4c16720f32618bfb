import { storableText, unstorable } from '../../domain/storable.ts'
import { offContract } from './answers.ts'
import { rebase } from './links.ts'
import type { StreamDefinition } from './streams.ts'

/** A record that does not fit its schema: it harms only itself. */
export interface BrokenItem {
  /** As far as it can be told, else its place on the page. */
  key: string
  /** The identifier of a product that is known by its uuid. */
  code?: string
  /** Such as `values.weight[0].scope`. */
  path: string
  message: string
}

export interface PageContent {
  items: unknown[]
  broken: BrokenItem[]
  /** Path and query below `/api/rest/v1`; null on the last page. */
  next: string | null
  count?: number
}

/** What a list answered, item by item against its schema. */
export function pageContent(json: unknown, stream: StreamDefinition, asked: string): PageContent {
  if (stream.paging === 'none') {
    if (!Array.isArray(json)) throw offContract(asked, 'something else than a list')
    return { ...sorted(json, stream), next: null, count: json.length }
  }
  if (stream.paging === 'one') return { ...sorted([json], stream), next: null, count: 1 }
  const { _embedded, _links, items_count } = (json ?? {}) as {
    _embedded?: { items?: unknown }
    _links?: { next?: { href?: unknown } }
    items_count?: unknown
  }
  const items = _embedded?.items
  if (!Array.isArray(items)) throw offContract(asked, 'JSON without _embedded.items')
  const next = _links?.next
  return {
    ...sorted(items, stream),
    next: next === undefined ? null : rebase(next.href, asked),
    ...(typeof items_count === 'number' ? { count: items_count } : {}),
  }
}

function sorted(items: unknown[], stream: StreamDefinition): { items: unknown[]; broken: BrokenItem[] } {
  const good: unknown[] = []
  const broken: BrokenItem[] = []
  for (const [index, item] of items.entries()) {
    const read = readItem(item, stream, `item ${index + 1} of the page`)
    if (read.broken === null) good.push(read.item)
    else broken.push(read.broken)
  }
  return { items: good, broken }
}

/** A record against its schema, and against what can be kept. `otherwise` names one that does not say which it is. */
export function readItem(
  item: unknown,
  { schema, key }: StreamDefinition,
  otherwise: string,
): { item: unknown; broken: null } | { item: null; broken: BrokenItem } {
  const problem = unstorable(item)
  if (!problem) {
    const parsed = schema.safeParse(item)
    if (parsed.success) return { item: parsed.data, broken: null }
    const [issue] = parsed.error.issues
    return broken(issue?.path ?? [], issue?.message ?? 'does not fit')
  }
  return broken(problem.path, problem.message)

  function broken(path: PropertyKey[], message: string): { item: null; broken: BrokenItem } {
    const fields = (item ?? {}) as Record<string, unknown>
    const own = textOf(fields[key])
    // As it is stored when it is sound; `/products` shows both from 7.0 on.
    const uuid = key === 'identifier' ? textOf(fields['uuid']) : undefined
    return {
      item: null,
      broken: {
        key: storableText(uuid ?? own ?? otherwise),
        ...(uuid === undefined || own === undefined ? {} : { code: storableText(own) }),
        path: storableText(pathText(path)),
        message,
      },
    }
  }
}

const textOf = (name: unknown): string | undefined => (typeof name === 'string' ? name : undefined)

const pathText = (path: PropertyKey[]): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  )
