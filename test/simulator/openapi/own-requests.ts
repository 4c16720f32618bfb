import { changedSince } from '../../../connectors/akeneo/search.ts'
import { createAkeneoClient, type AkeneoCalls } from '../../../connectors/akeneo/client.ts'
import { streams } from '../../../connectors/akeneo/streams.ts'
import { connectionConfig } from '../../../config.ts'
import { StreamName } from '../../../contracts/streams.ts'
import { startAkeneo, type RequestRecord } from '../../../simulator/akeneo/index.ts'
import { INVENTED } from '../api.ts'

const PARENTS: Partial<Record<StreamName, string>> = {
  'attribute-options': 'brand',
  'family-variants': 'lamps',
}
const KEYS: Record<StreamName, string> = {
  channels: 'ecommerce',
  locales: 'en_US',
  currencies: 'EUR',
  'measurement-families': 'Weight',
  'association-types': 'PACK',
  'attribute-groups': 'trade',
  attributes: 'weight',
  'attribute-options': 'northlamp',
  families: 'lamps',
  'family-variants': 'lamps_color',
  categories: 'lamps',
  'product-models': 'fjord_pendant',
  products: 'NL-AC/DC 1',
}

/** Every request that our own client makes for every stream, in both ways to name products, as the simulator logged them. */
export async function ownRequests(): Promise<RequestRecord[]> {
  const simulator = await startAkeneo({ catalog: INVENTED })
  try {
    for (const productIdFormat of ['identifier', 'uuid', 'auto']) {
      const akeneo = { url: simulator.url, ...simulator.credentials, productIdFormat }
      const client = createAkeneoClient({
        connection: connectionConfig({ name: 'check', akeneo }),
        completenesses: true,
        ...withoutDatabase(),
      })
      await client.inLane('bulk', new AbortController().signal, async (calls) => {
        await askForEverything(calls)
        await updateByCollections(calls)
      })
    }
    return simulator.requests()
  } finally {
    await simulator.close()
  }
}

async function askForEverything(calls: AkeneoCalls): Promise<void> {
  await calls.root()
  await calls.systemInformation()
  for (const stream of StreamName.options) {
    const parent = PARENTS[stream]
    const owner = parent === undefined ? {} : { parent }
    const first = await calls.readPage(stream, { cursor: null, limit: 2, ...owner })
    if (first.next !== null) await calls.readPage(stream, { cursor: first.next, ...owner })
    if ('changedSince' in streams[stream]) {
      const search = changedSince(stream, new Date('2026-01-05T08:00:00Z'))
      await calls.readPage(stream, { cursor: null, query: { search } })
      await calls.count(stream, search)
    }
    await calls.readOne(stream, KEYS[stream], { ...owner, productsBy: 'identifier' })
  }
  await calls.readPage('categories', { cursor: null, query: { withPosition: true } })
  await calls.readPage('products', {
    cursor: null,
    query: { attributes: ['name'], paging: 'page', withCount: true },
  })
}

/** Sends back what was read of a product and a model; throws unless Akeneo takes both. */
async function updateByCollections(calls: AkeneoCalls): Promise<void> {
  for (const stream of ['products', 'product-models'] as const) {
    const { items } = await calls.readPage(stream, { cursor: null, limit: 1 })
    const [{ uuid, identifier, code }] = items as [Record<string, unknown>]
    const key = code !== undefined ? { code } : identifier !== undefined ? { identifier } : { uuid }
    const { outcomes } = await calls.patch(stream, [JSON.stringify({ ...key, categories: [] })])
    if (outcomes[0]?.kind !== 'updated') throw new Error(`${stream}: ${JSON.stringify(outcomes)}`)
  }
}

/** Lanes and tokens live in the database; what is sent does not depend on them. */
function withoutDatabase(): Pick<Parameters<typeof createAkeneoClient>[0], 'lanes' | 'tokens'> {
  let ticket = 0n
  return {
    lanes: {
      take: () =>
        Promise.resolve({
          start: () => Promise.resolve(++ticket),
          abandon: () => undefined,
          release: () => Promise.resolve(),
        }),
      notBefore: () => Promise.resolve(),
    },
    tokens: {
      async token(_connection, grant) {
        const { accessToken } = await grant(null, performance.now() + 10_000)
        return { accessToken, version: 1n }
      },
    },
  }
}
