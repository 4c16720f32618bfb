import { describe, expect, it } from 'vitest'
import { decideEmptied } from '../../connectors/hub/emptied-plans.ts'
import { proposeMapping } from '../../connectors/hub/mapping-changes.ts'
import { holdStructure } from '../../connectors/hub/publication-locks.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { project } from '../client/harness.ts'
import { productOf, writeValue } from '../support/emptying.ts'
import type { Pipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { loaded, record, simple } from './emptied.ts'
import { begunTransaction, lockWaits } from '../support/transactions.ts'

const mapping = (output: string, guards: string) =>
  [
    'version: 1',
    `output: ${output}`,
    'channel: ecommerce',
    `guards: { ${guards} }`,
    'product: { sku: $identifier, name: $label }',
  ].join('\n')

describe('more of one value than the guard lets pass', () => {
  const many = 25

  async function emptiedInMany(): Promise<{ pipeline: Pipeline; skus: string[]; report: RunReport }> {
    const pipeline = await loaded({
      mappings: { shop: mapping('shop', 'emptied: 5%'), print: mapping('print', 'emptied: 100%') },
    })
    const skus = simple(pipeline)
      .filter((sku) => productOf(pipeline.akeneo, sku).values.has('weight'))
      .slice(0, many)
    expect(skus).toHaveLength(many)
    for (const sku of skus) writeValue(pipeline.akeneo, sku, 'weight', null)
    writeValue(pipeline.akeneo, 'NL-DL7-B', 'mpn', 'other')
    return { pipeline, skus, report: await pipeline.poll() }
  }

  const decide = ({ database, connection }: Pipeline, report: RunReport, state: 'approved' | 'rejected') =>
    database.sql.begin((tx) =>
      decideEmptied(tx, connection, BigInt(report.held?.[0]?.slice(1) ?? 0), { state, by: 'ada' }),
    )
  const withWeight = async (pipeline: Pipeline, skus: string[], output: string) => {
    const records = await Promise.all(skus.map((sku) => record(pipeline, sku, output)))
    return records.filter(({ attributes }) => 'weight' in attributes).length
  }

  it('is held in the output that asks, while others and the rest of the run go on; approval publishes', async () => {
    const { pipeline, skus, report } = await emptiedInMany()
    expect(report).toMatchObject({ outcome: 'awaiting approval', held: ['e1'], waiting: 0 })
    expect(await withWeight(pipeline, skus, 'shop')).toBe(many)
    expect(await withWeight(pipeline, skus, 'print')).toBe(0)
    expect((await record(pipeline, 'NL-DL7-B', 'shop')).attributes['mpn']).toMatchObject({ value: 'other' })

    // What else happens to a held record waits with it; a value that is filled again frees its record.
    const [first = '', second = ''] = skus
    writeValue(pipeline.akeneo, first, 'mpn', 'changed')
    writeValue(pipeline.akeneo, second, 'weight', { amount: '2', unit: 'KILOGRAM' })
    await pipeline.poll()
    expect((await record(pipeline, first, 'shop')).attributes['mpn']).not.toMatchObject({ value: 'changed' })
    expect((await record(pipeline, second, 'shop')).attributes['weight']).toMatchObject({
      value: { amount: '2', unit: 'KILOGRAM' },
    })
    await pipeline.sync(first)
    expect(await withWeight(pipeline, [first], 'shop')).toBe(1)

    await decide(pipeline, report, 'approved')
    expect(await pipeline.poll()).toMatchObject({ published: many - 1, waiting: 0 })
    expect(await withWeight(pipeline, skus, 'shop')).toBe(1)
    expect((await record(pipeline, first, 'shop')).attributes['mpn']).toMatchObject({ value: 'changed' })
  })

  it('is approved once what is being published is through, so that nothing of it is taken out of the queue', async () => {
    const { pipeline, skus, report } = await emptiedInMany()
    const { sql } = pipeline.database
    const publishing = await begunTransaction(sql, (tx) => holdStructure(tx, pipeline.connection))
    let isDecided = false
    const deciding = decide(pipeline, report, 'approved').then(() => (isDecided = true))
    await until(async () => isDecided || (await lockWaits(sql)) > 0, 'it is decided, or waits')
    expect(isDecided).toBe(false)
    publishing.goOn()
    await Promise.all([publishing.ended, deciding])
    await pipeline.poll()
    expect(await withWeight(pipeline, skus, 'shop')).toBe(0)
  })

  it('stays as it was when a person says no, until the record changes again', async () => {
    const { pipeline, skus, report } = await emptiedInMany()
    await decide(pipeline, report, 'rejected')
    expect(await pipeline.poll()).toMatchObject({ outcome: 'done with rejections', published: 0 })
    expect(await withWeight(pipeline, skus, 'shop')).toBe(many)
    const [first = '', ...others] = skus
    writeValue(pipeline.akeneo, first, 'mpn', 'changed')
    await pipeline.poll()
    expect(await withWeight(pipeline, [first], 'shop')).toBe(0)
    expect(await withWeight(pipeline, others, 'shop')).toBe(many - 1)
  })

  it('is shown, approved and carried out by the command line', async () => {
    const { pipeline, skus } = await emptiedInMany()
    const shell = await project({
      connections: [pipeline.connection],
      taskQueue: pipeline.taskQueue,
      databaseUrl: pipeline.database.url,
    })
    try {
      const listed = await shell.run('approvals')
      expect(listed).toMatchObject({ code: 4 })
      expect(listed.out).toContain('e1  25 records of shop would lose values')
      expect(listed.out).toMatch(/weight was emptied in 25 of \d+ products that had it, more than 5 %/)
      expect((await shell.run('status')).out).toContain('e1')
      const shown = await shell.run('approvals', 'show', 'e1')
      expect(shown.out).toContain(skus[0])
      expect((await shell.run('approvals', 'reject', 'e1')).out).toContain(
        '25 records of shop keep what they had',
      )
      expect(await shell.run('approvals', 'approve', 'e1')).toMatchObject({ code: 3 })
      expect(await withWeight(pipeline, skus, 'shop')).toBe(0)
      expect(await shell.run('approvals')).toMatchObject({ code: 0 })
    } finally {
      await shell.remove()
    }
  })

  it('is no matter where only a mapping takes the field away', async () => {
    const pipeline = await loaded({
      settings: { guards: { changed: '100%' } },
      mappings: { shop: mapping('shop', 'emptied: 0%') },
    })
    const narrower = `${mapping('shop', 'emptied: 0%').replace('version: 1', 'version: 2')}\nattributes: { except: [weight] }\n`
    const change = await pipeline.database.sql.begin((tx) =>
      proposeMapping(tx, pipeline.connection, 'shop', { name: 'shop.hub.yaml', text: narrower }),
    )
    const { client, connection, taskQueue } = pipeline
    await client.workflow.execute(workflowTypes.applyMapping, {
      workflowId: workflowId(connection, 'mapping', change.toString()),
      taskQueue,
      args: [{ connection, change: change.toString() }],
    })
    expect(await withWeight(pipeline, simple(pipeline), 'shop')).toBe(0)
  })
})

describe('guards.retired of a mapping file', () => {
  it.each([
    ['lets more leave than the connection would', '50%', 'done'],
    ['holds what the connection would let leave', '1%', 'awaiting approval'],
  ])('%s', async (_what, share, outcome) => {
    const pipeline = await loaded({
      settings: { guards: { retired: share === '50%' ? '1%' : '50%' } },
      mappings: { shop: mapping('shop', `retired: ${share}`) },
    })
    const { akeneo } = pipeline
    // Every fifth, so that no family or category stands out.
    const leaving = simple(pipeline)
      .filter((_sku, index) => index % 5 === 0)
      .slice(0, 21)
    expect(leaving).toHaveLength(21)
    for (const sku of leaving) akeneo.pim.deleteProduct(productOf(akeneo, sku))
    const report = await pipeline.reconcile()
    expect({ outcome: report.outcome, absent: report.absent }).toEqual({ outcome, absent: 21 })
  })
})
