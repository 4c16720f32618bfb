import { changedSince } from '../../../connectors/akeneo/search.ts'
import { createAkeneoClient, type AkeneoCalls } from '../../../connectors/akeneo/client.ts'
import { streams } from '../../../connectors/akeneo/streams.ts'
import { connectionConfig } from '../../../config.ts'
import { buildLines } from '../../../domain/enrichment/lines/build-lines.ts'
import { StreamName } from '../../../contracts/streams.ts'
import { startAkeneo, type RequestRecord } from '../../../simulator/akeneo/index.ts'
import { apiOf, INVENTED } from '../api.ts'

const PARENTS: Partial<Record<StreamName, string>> = {
  'attribute-options': 'brand',
  'family-variants': 'lamps',
  'asset-families': 'packshots',
  'reference-entity-records': 'designers',
  assets: 'packshots',
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
  'asset-families': 'packshots',
  'reference-entity-records': 'aino',
  assets: 'front',
  families: 'lamps',
  'family-variants': 'lamps_color',
  categories: 'lamps',
  'product-models': 'fjord_pendant',
  products: 'NL-AC/DC 1',
}

/** A line of a collection update, and where it was sent. */
export interface OwnLine {
  path: string
  line: unknown
}

/** Every request that our own client makes for every stream, in both ways to name products, as the simulator logged them. */
export async function ownRequests(): Promise<{ requests: RequestRecord[]; lines: OwnLine[] }> {
  const lines: OwnLine[] = []
  const simulator = await startAkeneo({ catalog: INVENTED })
  try {
    const api = await apiOf(simulator)
    await api.patch('/reference-entities/designers', {})
    await api.patch('/reference-entities/designers/records', [{ code: 'aino' }])
    await api.patch('/asset-families/packshots', {})
    await api.patch('/asset-families/packshots/assets', [{ code: 'front' }])
    simulator.resetRequests()
    for (const productIdFormat of ['identifier', 'uuid', 'auto']) {
      const akeneo = { url: simulator.url, ...simulator.credentials, productIdFormat }
      const client = createAkeneoClient({
        connection: connectionConfig({ name: 'check', akeneo }),
        completenesses: () => Promise.resolve(true),
        ...withoutDatabase(),
      })
      await client.inLane('bulk', new AbortController().signal, async (calls) => {
        await askForEverything(calls)
        lines.push(...(await updateByCollections(calls)))
      })
    }
    return { requests: simulator.requests(), lines }
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
      await calls.readPage(stream, { cursor: null, query: { search }, ...owner })
      if (parent === undefined) await calls.count(stream, search)
    }
    await calls.readOne(stream, KEYS[stream], { ...owner, productsBy: 'identifier' })
  }
  await calls.readPage('categories', { cursor: null, query: { withPosition: true } })
  await calls.readPage('products', {
    cursor: null,
    query: { attributes: ['name'], paging: 'page', withCount: true },
  })
}

/** One value of each kind that enrichment writes. */
const VALUES: [attribute: string, data: unknown][] = [
  ['weight', { amount: '1300', unit: 'GRAM' }],
  ['price', [{ amount: '49.90', currency: 'EUR' }]],
  ['dimmable', true],
  ['main_color', 'white'],
  ['collection', ['winter_2016']],
  ['release_date', '2025-02-14'],
  ['mpn', null],
]

/** Lines as enrichment builds them, for a product and a model; throws unless Akeneo takes them. */
async function updateByCollections(calls: AkeneoCalls): Promise<OwnLine[]> {
  const sent: OwnLine[] = []
  const { items } = await calls.readPage('products', { cursor: null, limit: 1 })
  const [{ identifier } = {}] = items as { identifier?: string }[]
  const keyName = identifier === undefined ? 'uuid' : 'identifier'
  const key = keyName === 'uuid' ? await uuidOf(calls, 'NL-DL7-W') : 'NL-DL7-W'
  const values = VALUES.map(([attribute, data]) => ({ attribute, locale: null, scope: null, data }))
  const { batches } = buildLines(
    [
      { owner: { kind: 'product', key }, values },
      {
        owner: { kind: 'product-model', key: 'fjord_pendant' },
        values: [{ attribute: 'name', locale: null, scope: null, data: 'Fjord' }],
      },
    ],
    keyName,
  )
  for (const { kind, lines } of batches) {
    const stream = kind === 'product' ? 'products' : 'product-models'
    const { outcomes } = await calls.patch(
      stream,
      lines.map(({ json }) => json),
    )
    if (outcomes.some((outcome) => outcome.kind !== 'updated'))
      throw new Error(`${stream}: ${JSON.stringify(outcomes)}`)
    const path =
      kind === 'product-model' ? 'product-models' : keyName === 'uuid' ? 'products-uuid' : 'products'
    for (const { json } of lines) sent.push({ path: `/api/rest/v1/${path}`, line: JSON.parse(json) })
  }
  return sent
}

async function uuidOf(calls: AkeneoCalls, identifier: string): Promise<string> {
  const { items } = await calls.readPage('products', {
    cursor: null,
    query: { search: { identifier: [{ operator: 'IN', value: [identifier] }] } },
  })
  return (items as { uuid: string }[])[0]?.uuid ?? ''
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
