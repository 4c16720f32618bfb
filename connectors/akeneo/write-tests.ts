import { isUuid } from '../../domain/uuid.ts'
import { RefusedError } from '../errors.ts'
import { createHttp } from '../http.ts'
import { look } from '../look.ts'
import type { AkeneoCalls, AkeneoClient } from './client.ts'
import { createGrant } from './grant.ts'
import type { LocalFile } from './multipart.ts'
import type { AkeneoProduct } from './schema.ts'
import { identifiedBy } from './search.ts'
import type { AkeneoConnection } from './settings.ts'
import { Battery, type WriteTestReport } from './write-battery.ts'
import { failed, ok } from './write-test-lines.ts'
import { testPlaces } from './write-test-places.ts'

export interface WriteTest {
  connection: AkeneoConnection & { version: string }
  akeneo: AkeneoClient
  /** Identifier or uuid of a product that may be written. */
  product: string
  /** A picture on this machine's disk. */
  picture: LocalFile
  signal: AbortSignal
}

/**
 * Writes into one product all that enrichment relies on, and puts its values back, also when a test fails on the way. Everything goes
 * through the connection's lanes and tokens, as in production.
 */
export async function runWriteTests(test: WriteTest): Promise<WriteTestReport> {
  const { connection, akeneo, signal } = test
  const report: WriteTestReport = { product: test.product, lines: [], isRestored: true, stays: [] }
  await tokenTests(report, connection)
  await quotaTest(report, akeneo, connection, signal)
  await akeneo.inLane('live', signal, async (calls) => {
    const product = await testProduct(calls, test)
    const key = await keyOf(calls, product)
    const places = await testPlaces(calls, product)
    const battery = new Battery(report, calls, key, product)
    try {
      await battery.run(places, test.picture)
    } finally {
      await battery.restore()
    }
  })
  return report
}

async function testProduct(
  calls: AkeneoCalls,
  { connection, product: name }: WriteTest,
): Promise<AkeneoProduct> {
  const query = { search: identifiedBy(connection, name) }
  const found = isUuid(name)
    ? (await calls.readOne('products', name)).item
    : (await calls.readPage('products', { cursor: null, query })).items[0]
  const product = (found ?? null) as AkeneoProduct | null
  const asked = `the product ${name} to test writes on`
  if (product === null)
    throw new RefusedError({
      code: 'test-product-missing',
      asked,
      came: 'there is none that this user may see',
      remedy: 'Name a product by its identifier or uuid, best one that was made for tests.',
    })
  if (product.parent != null)
    throw new RefusedError({
      code: 'test-product-is-variant',
      asked,
      came: `it is a variant of ${product.parent}`,
      remedy: 'Name a simple product: most values of a variant belong to its models.',
    })
  return product
}

const keyOf = async (calls: AkeneoCalls, { uuid, identifier }: AkeneoProduct): Promise<string> =>
  (await calls.productsBy()) === 'uuid' ? (uuid ?? '') : (identifier ?? '')

/** A pair of tokens of its own, so that those of running workers are left alone. */
async function tokenTests({ lines }: WriteTestReport, connection: AkeneoConnection): Promise<void> {
  const { timeoutMs } = connection.akeneo
  const grant = createGrant(
    createHttp({ timeoutMs, caller: { service: 'akeneo', connection: connection.name } }),
    connection,
    () => 1000,
  )
  await look('token grant', lines, async () => {
    const first = await grant(null, performance.now() + timeoutMs)
    const hours = Math.round((first.expiresInSeconds / 3600) * 10) / 10
    lines.push(ok('token grant', `Akeneo gives tokens for ${hours} h`))
    await look('token refresh', lines, async () => {
      const next = await grant(first.refreshToken, performance.now() + timeoutMs)
      lines.push(
        next.accessToken === first.accessToken
          ? failed(
              'token refresh',
              'the refreshed token is the old one',
              'Look whether a proxy keeps answers of Akeneo.',
            )
          : ok('token refresh', 'a refresh token gives a new pair'),
      )
    })
  })
}

/** As many calls at once as the configuration allows: a limit that is lower shows here, not in the night. */
async function quotaTest(
  { lines }: WriteTestReport,
  akeneo: AkeneoClient,
  { akeneo: { throttle } }: AkeneoConnection,
  signal: AbortSignal,
): Promise<void> {
  const { concurrency } = throttle
  await look('quotas', lines, async () => {
    const began = performance.now()
    const lanes = Array.from({ length: concurrency }, () =>
      akeneo.inLane('live', signal, async (calls) => {
        for (let call = 0; call < callsPerLane; call++)
          await calls.readPage('channels', { cursor: null, limit: 1 })
      }),
    )
    await Promise.all(lanes)
    const made = concurrency * callsPerLane
    const ms = Math.round((performance.now() - began) / made)
    lines.push(ok('quotas', `${made} calls, ${concurrency} at once, none turned away: ${ms} ms each`))
  })
}

const callsPerLane = 3

export type { WriteTestReport }
