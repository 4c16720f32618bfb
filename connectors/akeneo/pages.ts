import type { z } from 'zod'
import { offContract } from './answers.ts'
import { rebase } from './links.ts'
import type { StreamDefinition } from './streams.ts'

/** A record that does not fit its schema: it harms only itself. */
export interface BrokenItem {
  /** As far as it can be told, else its place on the page. */
  key: string
  /** Such as `values.weight[0].scope`. */
  path: string
  message: string
  item: unknown
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
    const parsed = stream.schema.safeParse(item)
    if (parsed.success) good.push(parsed.data)
    else broken.push(brokenItem(item, parsed.error, stream, `item ${index + 1} of the page`))
  }
  return { items: good, broken }
}

export function brokenItem(
  item: unknown,
  error: z.ZodError,
  { key }: StreamDefinition,
  otherwise: string,
): BrokenItem {
  const named = (item as Record<string, unknown> | null | undefined)?.[key]
  const [issue] = error.issues
  return {
    key: typeof named === 'string' ? named : otherwise,
    path: pathText(issue?.path ?? []),
    message: issue?.message ?? 'does not fit',
    item,
  }
}

const pathText = (path: PropertyKey[]): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  )
