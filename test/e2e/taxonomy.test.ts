import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { structureCompleteAt } from '../../connectors/hub/structure.ts'
import { categoriesOf, featuresOf, knownLists } from '../../connectors/hub/taxonomy.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { TaxonomyReport } from '../../contracts/reports.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const mapping = readFileSync(new URL('../../examples/mapping/northlamp.icecat.yaml', import.meta.url), 'utf8')

describe('collectTaxonomy', { timeout: 60_000 }, () => {
  let pipeline: Pipeline
  let account: string
  beforeAll(async () => {
    pipeline = await openPipeline({ icecat: { mapping } })
    account = pipeline.deps.connection(pipeline.connection).icecat?.account ?? ''
  }, 60_000)
  afterAll(() => pipeline.close())

  const collect = async () =>
    (await pipeline.client.workflow.execute(workflowTypes.collectTaxonomy, {
      workflowId: workflowId(pipeline.connection, 'taxonomy'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection }],
    })) as TaxonomyReport

  it('gathers both sides before anything else was read, and the second time finds them the same', async () => {
    const { sql } = pipeline.database
    const first = await collect()
    expect(first).toMatchObject({ outcome: 'done', problems: [] })
    expect(Object.keys(first.lists).sort()).toEqual(
      [
        'categories',
        'categoryFeatures',
        'featureGroups',
        'features',
        'languages',
        'measures',
        'supplierAliases',
        'suppliers',
        'vocabulary',
      ].sort(),
    )
    for (const { records, added, problem } of Object.values(first.lists)) {
      expect(problem).toBeNull()
      expect(records).toBeGreaterThan(0)
      expect(added).toBe(records)
    }
    expect(await structureCompleteAt(sql, pipeline.connection)).not.toBeNull()
    expect(await knownLists(sql, account)).toHaveLength(9)

    const weights = []
    for await (const feature of featuresOf(sql, account, ['EN', 'DE', 'FR'], ['94'])) weights.push(feature)
    expect(weights).toMatchObject([{ id: '94', type: 'numerical', names: { EN: 'Weight', DE: 'Gewicht' } }])
    const lamps = (await categoriesOf(sql, account, ['EN'], null)).find(({ features }) =>
      features.some(({ id, mandatory }) => id === '5001' && mandatory),
    )
    expect(lamps?.names['EN']).toBeDefined()

    const second = await collect()
    for (const [list, { records, added, changed, removed }] of Object.entries(second.lists)) {
      expect({ list, records }).toEqual({ list, records: first.lists[list]?.records })
      expect({ added, changed, removed }).toEqual({ added: 0, changed: 0, removed: 0 })
    }
  })

  it('reports a list that this account may not read, and reads the others', async () => {
    pipeline.icecat?.fault({ path: '*/refs/FeaturesList.xml.gz', status: 403, body: 'empty' })
    const { outcome, lists, problems } = await collect()
    pipeline.icecat?.clearFaults()
    expect(outcome).toBe('done with rejections')
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^features: GET .*FeaturesList.*403/)
    expect(lists['vocabulary']?.problem).toBeNull()
    const kept = []
    for await (const { id } of featuresOf(pipeline.database.sql, account, ['EN'])) kept.push(id)
    expect(kept).toContain('94')
  })
})
