import { describe, expect, it } from 'vitest'
import { appliedOutputs } from '../../connectors/hub/outputs.ts'
import { workflowId } from '../../contracts/names.ts'
import { writeValue } from '../support/emptying.ts'
import { restarting } from '../support/restarting.ts'
import { record } from './emptied.ts'

/** An output without a mapping file, as the configuration narrows it. */
const narrowed = (locales: Record<string, string[]>, currencies: string[], changed = '20%') => ({
  outputs: [{ name: 'ecommerce', channel: 'ecommerce', locales, currencies }],
  guards: { changed },
})
const english = narrowed({ en_US: [] }, ['EUR'])
const french = narrowed({ en_US: [], fr_FR: ['en_US'] }, ['EUR'])

async function loadedInEnglish() {
  const shop = await restarting()
  await shop.restart(english)
  await shop.pipeline.initializeCategories()
  await shop.pipeline.load()
  return shop
}

describe('settings of an output without a mapping file', () => {
  it('are compared like a file, wait for a person above the guard, and make every record once they are applied', async () => {
    const { pipeline, restart, at } = await loadedInEnglish()
    const names = async (sku: string) => Object.keys((await record(pipeline, sku)).name)
    await restart(french)
    await pipeline.poll()
    await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'mapping', '1')).result()
    const list = await at().run('approvals')
    expect(list).toMatchObject({ code: 4 })
    expect(list.out).toContain('m1  the configuration would change')

    // Until then records are made by what is applied, also those that change.
    writeValue(pipeline.akeneo, 'NL-DL7-B', 'mpn', 'other')
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-B')).attributes['mpn']).toMatchObject({ value: 'other' })
    expect(await names('NL-DL7-B')).toEqual(['en_US'])

    await at().run('approvals', 'approve', 'm1')
    expect(await names('NL-DL7-W')).toEqual(['en_US', 'fr_FR'])
    expect(await at().run('approvals')).toMatchObject({ code: 0 })
    // Nothing is left of the difference.
    expect((await at().run('mapping', 'diff')).out).toContain('is what ecommerce is made by already')
  }, 120_000)

  it('are brought in by the next poll below the guard, or by a person at once', async () => {
    const { pipeline, restart, at } = await loadedInEnglish()
    const prices = async () => Object.keys((await record(pipeline, 'NL-DL7-W')).prices ?? {})
    expect(await prices()).toEqual(['EUR'])
    await restart(narrowed({ en_US: [] }, ['EUR', 'USD'], '100%'))
    const { out } = await at().run('mapping', 'diff')
    expect(out).toMatch(/prices +\d+ records/)
    expect(await prices()).toEqual(['EUR'])
    await pipeline.poll()
    await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'mapping', '1')).result()
    expect(await prices()).toEqual(['EUR', 'USD'])

    await restart(narrowed({ en_US: [] }, ['USD'], '100%'))
    const { value } = await at().json('mapping', 'apply')
    const { report } = value as { report: { changed: number; published: number } }
    expect(report.published).toBe(report.changed)
    expect(await prices()).toEqual(['USD'])
  }, 120_000)

  it('that are taken back before they were applied wait no longer', async () => {
    const { pipeline, restart, at } = await loadedInEnglish()
    await restart(french)
    expect(await at().run('mapping', 'apply')).toMatchObject({ code: 4 })
    await restart(english)
    expect(await at().run('approvals')).toMatchObject({ code: 0 })
    const applied = await appliedOutputs(pipeline.database.sql, pipeline.connection)
    expect(applied.get('ecommerce')?.settings?.locales).toEqual({ en_US: [] })
  }, 120_000)
})
