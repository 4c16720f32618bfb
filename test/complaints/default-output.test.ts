import { describe, expect, it } from 'vitest'
import { appliedOutputs } from '../../connectors/hub/outputs.ts'
import { writeValue } from '../support/emptying.ts'
import { restarting } from '../support/restarting.ts'
import { record } from './emptied.ts'

/** A configuration without outputs, loaded; and a channel that comes before the one that was the first. */
async function loadedByDefault() {
  const shop = await restarting()
  const { pipeline, restart } = shop
  await restart({})
  await pipeline.initializeCategories()
  await pipeline.load()
  const { sql } = pipeline.database
  const addChannel = async () => {
    const { channels } = pipeline.akeneo.pim.catalog
    const like = channels.get('ecommerce')
    if (like === undefined) throw new Error('The catalogue has no channel ecommerce')
    channels.set('b2b', { ...like, code: 'b2b', locales: ['de_DE'], labels: {} })
    // What the next poll would read in an hour at the latest.
    await sql`delete from list_reading`
    writeValue(pipeline.akeneo, 'NL-DL7-W', 'mpn', 'other')
    await pipeline.poll()
    const known = await sql`select from source_record where stream = 'channels' and code = 'b2b'`
    expect(known).toHaveLength(1)
  }
  const outputs = async () => {
    const rows = await sql<{ output: string }[]>`select distinct output from feed order by output`
    return rows.map(({ output }) => output)
  }
  return { ...shop, sql, addChannel, outputs }
}

describe('the output of a configuration without outputs', () => {
  it('stays what it was when Akeneo gains a channel that sorts before its own', async () => {
    const { pipeline, at, addChannel, outputs } = await loadedByDefault()
    await addChannel()
    expect(await outputs()).toEqual(['ecommerce'])
    const changed = await record(pipeline, 'NL-DL7-W')
    expect(changed.attributes['mpn']).toMatchObject({ value: 'other' })
    expect(Object.keys(changed.name)).toContain('en_US')
    // What the command line shows is what is published.
    expect((await at().run('mapping', 'preview', 'NL-DL7-W')).out).toMatch(/description \(de_DE\): .* \+2/)
    expect((await at().run('mapping', 'suggest')).out).toMatch(/^channel: ecommerce$/m)
  }, 120_000)

  it('goes on where an earlier version has begun it', async () => {
    const { pipeline, sql, addChannel, outputs } = await loadedByDefault()
    await sql`delete from output_mapping`
    await sql`update structure_version set version = version + 1`
    await addChannel()
    expect(await outputs()).toEqual(['ecommerce'])
    expect((await record(pipeline, 'NL-DL7-W')).attributes['mpn']).toMatchObject({ value: 'other' })
  }, 120_000)

  it('goes on under its name in a configuration that names it, and catches up on what passed it by', async () => {
    const { pipeline, sql, restart, outputs } = await loadedByDefault()
    const named = (name: string) => ({ outputs: [{ name, channel: 'ecommerce' }] })
    await restart(named('other'))
    writeValue(pipeline.akeneo, 'NL-DL7-W', 'mpn', 'meanwhile')
    await pipeline.poll()
    expect(await outputs()).toEqual(['ecommerce', 'other'])
    await restart(named('ecommerce'))
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).attributes['mpn']).toMatchObject({ value: 'meanwhile' })
    expect(await sql`select from mapping_change`).toHaveLength(0)
    expect((await appliedOutputs(sql, pipeline.connection)).get('ecommerce')).toMatchObject({
      byDefault: false,
      settings: { channel: 'ecommerce', locales: null, currencies: null },
    })
  }, 120_000)
})
