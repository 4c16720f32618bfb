import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { appliedMappings } from '../../connectors/hub/outputs.ts'
import { project } from '../client/harness.ts'
import { restarting } from '../support/restarting.ts'

const shop = (await readFile('examples/mapping/northlamp.hub.yaml', 'utf8')).replace(/^guards: .*\n/m, '')
const complete = shop
  .replace('version: 3', 'version: 4')
  .replace('within: [master] }', 'within: [master], complete: { atLeast: 1, locales: [en_US] } }')
const sections = { outputs: [{ name: 'shop', mapping: 'shop.hub.yaml' }], guards: { changed: '100%' } }

it('publish.complete in a file that no worker has: products are read with their completeness before it withholds any', async () => {
  const { pipeline, at, restart } = await restarting()
  const { akeneo, connection, taskQueue, database } = pipeline
  const { sql } = database
  await restart(sections, { 'shop.hub.yaml': shop })
  await pipeline.initializeCategories()
  await pipeline.load()
  const readings = () =>
    akeneo
      .requests()
      .filter(({ path, query }) => path.endsWith('/products-uuid') && query.includes('search_after'))
  const asks = ({ query }: { query: string }) => query.includes('with_completenesses=true')
  expect(readings().length).toBeGreaterThan(0)
  expect(readings().filter(asks)).toEqual([])
  const active = async () => {
    const rows = await sql`select from hub_record where kind = 'product' and status = 'active'`
    return rows.length
  }
  const before = await active()

  // A person at a machine of their own, whose file the workers have not.
  const desk = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    sections,
  })
  try {
    await writeFile(join(dirname(desk.config), 'shop.hub.yaml'), complete)
    expect(await desk.run('mapping', 'apply')).toMatchObject({ code: 4 })
    const { out } = await desk.run('approvals', 'show', 'm1')
    expect(out).toContain('pimflow sync products --full')
    expect(await active()).toBe(before)

    akeneo.resetRequests()
    await at().run('sync', 'products', '--full')
    const full = readings()
    expect(full.length).toBeGreaterThan(0)
    expect(full.filter(asks)).toHaveLength(full.length)
    expect((await desk.json('mapping', 'apply')).value).toMatchObject({
      report: { outcome: 'done with rejections' },
    })
  } finally {
    await desk.remove()
  }
  expect((await appliedMappings(sql, connection)).get('shop')?.text).toBe(complete)
  // Akeneo has no completeness of a product without a family.
  const unknown = await sql<{ family: string | null }[]>`
    select source ->> 'family' as family from hub_record join source_record using (connection, id)
    where body::text like '%completeness in % is not known%'`
  expect(unknown.map(({ family }) => family)).toEqual([null])
  expect(await active()).toBe(before)
  // One product is asked for alike.
  akeneo.resetRequests()
  await at().run('sync', 'NL-DL7-W')
  expect(akeneo.requests().some(asks)).toBe(true)
}, 120_000)
