import type { FreshDatabase } from './database.ts'
import { commitOutcomes, beginAttempt, deliveryState, takeDelivery } from '../../connectors/hub/deliveries.ts'
import { changesAfter, publishRecords } from '../../connectors/hub/records.ts'
import { reject } from '../../connectors/hub/rejections.ts'
import { beginWatermark, closeRun, finishLoad, openRun, type Run } from '../../connectors/hub/runs.ts'
import { writeSources } from '../../connectors/hub/sources.ts'
import { enqueue } from '../../connectors/hub/waiting.ts'
import { logPage, moveCursor, planTransfers, takeTransfer } from '../../connectors/hub/transfers.ts'
import type { TranslatedRecord } from '../../contracts/hub.ts'
import type { ProcessName } from '../../contracts/names.ts'

/** What a person who means harm writes into a code, a name or an answer. */
export const hostile = `"><script>x('1')</script><img src=x onerror="y()">&lt;`

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/**
 * A hub where each section of the morning page has something to say, through the store's own functions; every text that comes from
 * outside is hostile.
 */
export async function troubledHub({ sql }: FreshDatabase, connection: string, products = 12): Promise<void> {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  const run = (process: ProcessName, mode: string, id: string) =>
    sql.begin((tx) =>
      openRun(tx, {
        connection,
        process,
        mode,
        workflowId: `pimflow/${connection}/${process}`,
        workflowRunId: `${connection}-${id}`,
      }),
    )
  const lasted = (one: Run, beganMinutes: number, minutes: number) => sql`
    update run set started_at = ${minutesAgo(beganMinutes)},
      finished_at = case when finished_at is null then null else ${minutesAgo(beganMinutes - minutes)}::timestamptz end
    where id = ${one.id}::bigint`

  const load = await run('load-products', 'full', 'load')
  await readPages(sql, load, [
    { read: 100, changed: 100, minutesAgo: 600 },
    { read: 100, changed: 100, minutesAgo: 540 },
    { read: 80, changed: 30, minutesAgo: 130 },
  ])
  await sql.begin(async (tx) => {
    for (let n = 1; n <= products; n++) {
      const code = n === 1 ? hostile : `LAMP-${n}`
      const [source] = await writeSources(
        tx,
        connection,
        'products',
        [{ key: uuid(n), code, parent: null, family: null, source: { n } }],
        1n,
      )
      const publication = { connection, output: 'shop', run: load.id }
      await publishRecords(tx, publication, [{ id: source?.id ?? '', record: product(code, n) }])
    }
    await enqueue(tx, connection, [{ stream: 'products', key: uuid(3), reason: 'related' }])
    await reject(tx, connection, [
      rejection(50, hostile, hostile, hostile, hostile),
      ...Array.from({ length: 40 }, (_, n) =>
        rejection(
          60 + n,
          `LAMP-${60 + n}`,
          'unit-unknown',
          'unit "STONE" is not in Weight',
          'Fix it in Akeneo',
        ),
      ),
      ...Array.from({ length: 12 }, (_, n) =>
        rejection(200 + n, `R-${n}`, `reason-${n}`, 'it is broken', 'Mend it in Akeneo'),
      ),
    ])
    await beginWatermark(tx, connection, minutesAgo(95))
    await finishLoad(tx, connection)
    await closeRun(tx, load.id, 'done with rejections', { published: products, rejected: 53 })
    await tx`
      insert into retire_plan (connection, run, state, reasons, rights)
      values (${connection}, null, 'held', ${JSON.stringify([{ code: 'cap', text: hostile }])}::text::jsonb, 'rights')`
    await tx`
      insert into retire_item (plan, position, stream, key, code)
      select max(id), 1, 'products', ${uuid(1)}, ${hostile} from retire_plan`
  })
  await lasted(load, 600, 1)

  const failed = await run('poll-products', 'delta', 'failed')
  await sql.begin((tx) => closeRun(tx, failed.id, 'failed', {}))
  await lasted(failed, 60, 1)
  const lost = await run('poll-products', 'delta', 'lost')
  await lasted(lost, 50, 0)
  const quiet = await run('poll-products', 'delta', 'quiet')
  await sql.begin((tx) => closeRun(tx, quiet.id, 'done', { published: 0, streams: {} }))
  await lasted(quiet, 40, 1)
  const reconcile = await run('reconcile', 'content', 'reconcile')
  await sql.begin((tx) =>
    closeRun(tx, reconcile.id, 'awaiting approval', {
      listed: products,
      absent: 1,
      drift: { changed: 3, unknown: 1, missing: 2 },
    }),
  )
  await lasted(reconcile, 30, 2)
  await refuseFirst(sql, connection)
}

type Sql = FreshDatabase['sql']

async function readPages(
  sql: Sql,
  { id }: Run,
  pages: { read: number; changed: number; minutesAgo: number }[],
): Promise<void> {
  await sql.begin(async (tx) => {
    await planTransfers(tx, id, 'products', [{ search: null }])
    const transfer = await takeTransfer(tx, id, ['products'], 0)
    if (!transfer) throw new Error('The transfer that was planned is not there')
    let cursor: string | null = null
    for (const [index, { minutesAgo, ...counts }] of pages.entries()) {
      const next: string | null = index === pages.length - 1 ? null : `page-${index + 2}`
      await moveCursor(tx, transfer.id, cursor, next)
      await logPage(tx, transfer.id, { cursor, ticket: BigInt(index + 1), rejected: 0, ...counts })
      cursor = next
      await tx`
        update transfer_page set at = now() - make_interval(mins => ${minutesAgo})
        where transfer = ${transfer.id}::bigint and page = ${index + 1}`
    }
  })
}

/** A destination took all but the first record, and has not been sent the last ones. */
async function refuseFirst(sql: Sql, connection: string): Promise<void> {
  const key = { connection, output: 'shop', destination: 'webshop' }
  const holder = {
    workflowId: `pimflow/${connection}/deliver/webshop`,
    workflowRunId: `${connection}-deliver`,
  }
  await sql.begin((tx) => takeDelivery(tx, key, holder))
  const attempt = await beginAttempt(sql, key)
  const entries = await changesAfter(sql, connection, 'shop', 0n, 5)
  await sql.begin(async (tx) => {
    const state = await deliveryState(tx, key, attempt)
    if (state === null) throw new Error('The delivery is not at work')
    const outcomes = entries.map((entry, index) => ({
      entry,
      status: index === 0 ? ('refused' as const) : ('accepted' as const),
      reason: index === 0 ? hostile : null,
      behind: null,
      externalId: index === 0 ? null : `gid-${index}`,
    }))
    await commitOutcomes(tx, key, { ...state, attempt }, BigInt(entries.at(-1)?.seq ?? 0), outcomes)
  })
  await sql`update feed set at = now() - interval '80 minutes' where connection = ${connection}`
}

const rejection = (n: number, code: string, reason: string, text: string, remedy: string) => ({
  stream: 'products' as const,
  key: uuid(n),
  code,
  reason,
  field: 'weight',
  text,
  remedy,
})

const product = (sku: string, n: number): TranslatedRecord => ({
  kind: 'product',
  status: 'active',
  source: { uuid: uuid(n), code: sku, updated: '2026-11-20T08:15:30Z', mapping: 'default@1' },
  sku,
  type: 'physical',
  trackBy: 'product',
  name: { en_US: sku },
  categories: [],
  attributes: {},
  media: [],
  units: [{ code: 'each', conversion: '1', base: true }],
  related: [],
  ...(n <= 3 ? { pending: [{ field: 'related.upSell', code: hostile, why: hostile }] } : {}),
})
