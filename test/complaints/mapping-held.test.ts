import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { appliedMappings } from '../../connectors/hub/outputs.ts'
import { restarting } from '../support/restarting.ts'

/** Without a guard of its own: the connection's counts. */
const shop = (await readFile('examples/mapping/northlamp.hub.yaml', 'utf8')).replace(/^guards: .*\n/m, '')
const otherNames = shop
  .replace('version: 3', 'version: 4')
  .replace(
    'name: { from: [variation_name, $label], required: true }',
    "name: { template: 'X {$identifier}' }",
  )

describe('a mapping that is held', () => {
  it('is applied, or no more than proposed, once a new comparison is below the guard', async () => {
    const { pipeline, at, restart } = await restarting()
    const { sql } = pipeline.database
    const guarded = (changed: string) => ({
      outputs: [{ name: 'shop', mapping: 'shop.hub.yaml' }],
      guards: { changed },
    })
    const applied = async () => (await appliedMappings(sql, pipeline.connection)).get('shop')?.text
    await restart(guarded('20%'), { 'shop.hub.yaml': shop })
    await pipeline.initializeCategories()
    await pipeline.load()

    await restart(guarded('20%'), { 'shop.hub.yaml': otherNames })
    expect(await at().run('mapping', 'apply')).toMatchObject({ code: 4 })
    const [, id = ''] = /(m\d+) /.exec((await at().run('approvals')).out) ?? []
    // Compared anew it stays held, and nobody is told that it can be applied.
    const still = await at().run('mapping', 'diff')
    expect(still.out).toContain(`pimflow approvals approve ${id}`)
    expect(still.out).not.toContain('pimflow mapping apply')

    await restart(guarded('100%'), { 'shop.hub.yaml': otherNames })
    const free = await at().run('mapping', 'diff')
    expect(free.out).toContain('To make it so: pimflow mapping apply')
    expect((await at().run('approvals')).out).toBe('Nothing waits for approval')
    // Above the guard again it is held again.
    await restart(guarded('20%'), { 'shop.hub.yaml': otherNames })
    expect(await at().run('mapping', 'apply')).toMatchObject({ code: 4 })
    expect(await applied()).toBe(shop)

    await restart(guarded('100%'), { 'shop.hub.yaml': otherNames })
    const { value } = await at().json('mapping', 'apply')
    const { report } = value as { report: { changed: number; published: number } }
    expect(report.published).toBe(report.changed)
    expect(report.published).toBeGreaterThan(100)
    expect(await applied()).toBe(otherNames)
  }, 180_000)
})
