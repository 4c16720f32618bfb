import { StreamName } from '../../contracts/streams.ts'
import type { CheckLine, VisibleRights } from '../../domain/check-report.ts'
import { RefusedError } from '../errors.ts'
import type { AkeneoCalls, PageQuery } from './client.ts'
import { onlyWhereNamed } from './linked-lists.ts'
import type { AkeneoAttribute, AkeneoChannel } from './schema.ts'
import { type StreamDefinition, streams } from './streams.ts'

/** What each resource needs in Akeneo: System, Roles, Web API permissions. */
const rightOf: Partial<Record<StreamName, string>> = {
  channels: 'List channels',
  locales: 'List locales',
  currencies: 'List currencies',
  'measurement-families': 'List measurement families',
  'association-types': 'List association types',
  'attribute-groups': 'List attribute groups',
  attributes: 'List attributes',
  'attribute-options': 'List attribute options',
  families: 'List families',
  'family-variants': 'List family variants',
  categories: 'List categories',
  'product-models': 'List products (product models belong to it)',
  products: 'List products',
}

/** What every Akeneo has; the rest is read where an attribute asks for it, and what is hidden of it is a finding. */
export const neededResources: StreamName[] = StreamName.options.filter(
  (stream) => !onlyWhereNamed.includes(stream),
)

/** What to do about a call that failed otherwise than by a no; where it returns, that is passed over. */
type PassOver = (error: unknown) => unknown

const fail: PassOver = (error) => {
  throw error
}

/**
 * Asks each resource for one record, and for the lists that say what this user sees of the others. `unanswered` are lists that were passed
 * over: of those the rights say nothing.
 */
export async function checkRights(
  calls: AkeneoCalls,
  passOver: PassOver = fail,
): Promise<{ line: CheckLine; rights: VisibleRights | null; unanswered: StreamName[] }> {
  const name = 'rights'
  const forbidden: StreamName[] = []
  const unanswered: StreamName[] = []
  for (const stream of neededResources) {
    if (!(await isReadable(calls, stream, passOver))) forbidden.push(stream)
  }
  if (forbidden.length > 0) {
    return {
      line: {
        name,
        status: 'failed',
        text: `This user may not read: ${forbidden.join(', ')}`,
        remedy: `Give the role of the connection's user in Akeneo (System, Roles, Web API permissions): ${[
          ...new Set(forbidden.map((stream) => rightOf[stream] ?? stream)),
        ].join(', ')}.`,
      },
      rights: null,
      unanswered,
    }
  }
  const orUnanswered = (stream: StreamName, codes: Promise<string[]>) =>
    codes.catch(async (error: unknown) => {
      await passOver(error)
      unanswered.push(stream)
      return []
    })
  const enabled = { search: { enabled: [{ operator: '=', value: true }] } }
  const rights: VisibleRights = {
    resources: neededResources,
    locales: await orUnanswered('locales', codesOf(calls, 'locales', enabled)),
    attributeGroups: await orUnanswered('attribute-groups', codesOf(calls, 'attribute-groups')),
    categoryTrees: await orUnanswered('categories', treesOf(calls)),
  }
  const { locales, attributeGroups, categoryTrees } = rights
  const text = `All resources; ${locales.length} locales, ${attributeGroups.length} attribute groups, ${categoryTrees.length} category trees`
  return { line: { name, status: 'ok', text }, rights, unanswered }
}

async function isReadable(calls: AkeneoCalls, stream: StreamName, passOver: PassOver): Promise<boolean> {
  try {
    const { per }: StreamDefinition = streams[stream]
    const parent = per === undefined ? undefined : await someParent(calls, per)
    // Nothing there to ask about.
    if (parent === null) return true
    const list = parent === undefined ? {} : { parent }
    await calls.readPage(stream, { cursor: null, limit: 1, ...list })
    return true
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'forbidden') return false
    await passOver(error)
    return true
  }
}

const hasOptions = ['pim_catalog_simpleselect', 'pim_catalog_multiselect']

async function someParent(calls: AkeneoCalls, stream: StreamName): Promise<string | null> {
  const search = { type: [{ operator: 'IN', value: hasOptions }] }
  const query: PageQuery = stream === 'attributes' ? { search } : {}
  const { items } = await calls.readPage(stream, { cursor: null, limit: 1, query })
  return (items as Pick<AkeneoAttribute, 'code'>[])[0]?.code ?? null
}

async function codesOf(calls: AkeneoCalls, stream: StreamName, query: PageQuery = {}): Promise<string[]> {
  const codes: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<AkeneoCalls['readPage']>> = await calls.readPage(stream, { cursor, query })
    codes.push(...(page.items as { code: string }[]).map(({ code }) => code))
    cursor = page.next
  } while (cursor !== null)
  return codes
}

/** Roots can be searched since 6.0; before, the channels' trees are what counts. */
async function treesOf(calls: AkeneoCalls): Promise<string[]> {
  try {
    return await codesOf(calls, 'categories', { search: { is_root: [{ operator: '=', value: true }] } })
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const { items } = await calls.readPage('channels', { cursor: null })
    return [...new Set((items as AkeneoChannel[]).map(({ category_tree: tree }) => tree))]
  }
}
