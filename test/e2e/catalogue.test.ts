import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultEdits } from '../../client/demo/default-edits.ts'
import { fingerprintOfCatalogue, orphansInFeed, publishedSince } from '../../client/demo/inspect.ts'
import { costOf } from '../../client/support/actions.ts'
import { lastSeq, recordsOf } from '../../connectors/hub/records.ts'
import { HubRecord } from '../../contracts/hub.ts'
import { workflowId } from '../../contracts/names.ts'
import { compareDump, type Dumped } from '../oracle/compare.ts'
import { oracleFromCsv } from '../oracle/hub.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const catalogues = [
  { name: 'the invented catalogue', dir: 'examples/catalog' },
  ...(process.env['PIMFLOW_REFERENCE_DATA'] === undefined
    ? []
    : [{ name: 'Akeneo’s demo catalogue', dir: process.env['PIMFLOW_REFERENCE_DATA'] }]),
]

describe.each(catalogues)('$name', ({ dir }) => {
  let pipeline: Pipeline
  beforeAll(async () => {
    pipeline = await openPipeline({ akeneo: { catalog: dir } })
  })
  afterAll(() => pipeline.close())

  const dump = async () => {
    const records: Dumped[] = []
    for await (const record of recordsOf(pipeline.database.sql, pipeline.connection, 'ecommerce'))
      records.push({ ...record })
    return records
  }

  it('is in the hub after categories and a full load, field by field as its files say', async () => {
    const categories = await pipeline.initializeCategories()
    expect(categories).toMatchObject({ outcome: 'done', refused: 0, blocked: 0 })
    const load = await pipeline.load()
    expect(load.waiting).toBe(0)
    const { differences } = compareDump(oracleFromCsv(dir), await dump())
    expect(differences).toEqual([])
  }, 120_000)

  it('has only records that keep the hub’s contract', async () => {
    const broken = (await dump()).flatMap((record) => {
      const parsed = HubRecord.safeParse(record)
      return parsed.success ? [] : [`${String(record['code'] ?? record['sku'])}: ${parsed.error.message}`]
    })
    expect(broken).toEqual([])
  })

  it('went into the feed parents first', async () => {
    expect(await orphansInFeed(pipeline.database.sql, pipeline.connection)).toEqual([])
  })

  it('carries an edit, and what the edit of a model reaches, with the next poll; and nothing else', async () => {
    const { sql } = pipeline.database
    const edits = await defaultEdits(sql, pipeline.connection)
    const before = await lastSeq(sql, pipeline.connection, 'ecommerce')
    pipeline.akeneo.edit(edits)
    await pipeline.poll()
    const { differences } = compareDump(oracleFromCsv(dir, edits), await dump())
    expect(differences).toEqual([])
    const written = await publishedSince(sql, pipeline.connection, 'ecommerce', before)
    await pipeline.load()
    expect((await publishedSince(sql, pipeline.connection, 'ecommerce', before)).size).toBe(written.size)
  }, 120_000)

  it('touches no row of the catalogue and costs few actions when nothing changed', async () => {
    const before = await fingerprintOfCatalogue(pipeline.database.sql)
    const report = await pipeline.poll()
    expect(report.published).toBe(0)
    expect(await fingerprintOfCatalogue(pipeline.database.sql)).toBe(before)
    const id = workflowId(pipeline.connection, 'poll-products')
    const { runId } = await pipeline.client.workflow.getHandle(id).describe()
    // A schedule adds two: this one was started by hand.
    const { actions } = await costOf(pipeline.client, { workflowId: id, runId })
    expect(actions).toBeLessThanOrEqual(6)
  })
})
