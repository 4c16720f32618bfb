import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { workflowId } from '../../contracts/names.ts'
import { restarting } from '../support/restarting.ts'
import { record } from './emptied.ts'

const shop = await readFile('examples/mapping/northlamp.hub.yaml', 'utf8')
const brand = 'brand: { from: brand, as: label }'
/** A typing error in one line, which few products feel. */
const wrong = shop.replace('version: 3', 'version: 4').replace(brand, 'brand: { from: brnad, as: label }')
const settings = {
  outputs: [{ name: 'shop', mapping: 'shop.hub.yaml' }],
  // So that nothing but the error can hold it.
  guards: { changed: '100%' },
}
const before = shop.replace(/^guards: .*\n/m, '')
const after = wrong.replace(/^guards: .*\n/m, '')

async function loadedShop() {
  const shop = await restarting()
  await shop.restart(settings, { 'shop.hub.yaml': before })
  await shop.pipeline.initializeCategories()
  await shop.pipeline.load()
  await shop.restart(settings, { 'shop.hub.yaml': after })
  const brandOf = async () => (await record(shop.pipeline, 'NL-DL7-W', 'shop')).brand
  expect(await brandOf()).toMatchObject({ en_US: 'Northlamp' })
  return {
    ...shop,
    brandOf,
    place: `shop.hub.yaml:${after.split('\n').findIndex((line) => line.includes('brnad')) + 1}`,
  }
}

describe('a mapping with a rule that does not fit', () => {
  it('is refused by diff and apply with the line of the file, and nothing is proposed', async () => {
    const { pipeline, at, brandOf, place } = await loadedShop()
    for (const verb of ['diff', 'apply']) {
      const { code, err } = await at().run('mapping', verb)
      expect({ verb, code }).toEqual({ verb, code: 2 })
      expect(err).toContain(`${place}  product.brand`)
      expect(err).toContain('Did you mean brand?')
    }
    expect(await pipeline.database.sql`select from mapping_change`).toHaveLength(0)
    expect(await brandOf()).toMatchObject({ en_US: 'Northlamp' })
  }, 120_000)

  it('that a worker brings waits for a person, who is told why', async () => {
    const { pipeline, at, brandOf, place } = await loadedShop()
    await pipeline.poll()
    await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'mapping', '1')).result()
    expect(await brandOf()).toMatchObject({ en_US: 'Northlamp' })
    const shown = await at().run('approvals', 'show', 'm1')
    expect(shown).toMatchObject({ code: 4 })
    expect(shown.out).toContain(`${place}  product.brand`)
    const status = JSON.stringify((await at().json('status')).value)
    expect(status).toContain(`${place}  product.brand`)
    expect(status).not.toContain('guards.changed')
  }, 120_000)

  it('that was there before holds nothing up: an attribute that Akeneo has deleted is no fault of a later file', async () => {
    const { pipeline, at, restart } = await restarting().then(async (shop) => {
      await shop.restart(settings, { 'shop.hub.yaml': after.replace('version: 4', 'version: 3') })
      await shop.pipeline.initializeCategories()
      await shop.pipeline.load()
      return shop
    })
    // The faulty line stands further down now.
    await restart(settings, { 'shop.hub.yaml': `# ours\n${after.replace('code: case,', 'code: box,')}` })
    expect((await at().run('mapping', 'diff')).out).toContain('To make it so: pimflow mapping apply')
    await at().run('mapping', 'apply')
    expect((await record(pipeline, 'NL-DL7-W', 'shop')).units.at(-1)?.code).toBe('box')
  }, 120_000)
})

describe('a mapping that publishes below a category', () => {
  const within = (version: number, codes: string) =>
    before.replace('version: 3', `version: ${version}`).replace('within: [master]', `within: [${codes}]`)

  it('which Akeneo has no more holds up neither runs nor a later file; one that a file brings waits for a person', async () => {
    const { pipeline, at, restart } = await restarting()
    await restart(settings, { 'shop.hub.yaml': within(3, 'master, gone') })
    await pipeline.initializeCategories()
    await pipeline.load()
    expect(await record(pipeline, 'NL-DL7-W', 'shop')).toMatchObject({ status: 'active' })

    await restart(settings, { 'shop.hub.yaml': `${within(4, 'master, gone')}# a later file\n` })
    await pipeline.poll()
    const done = (id: string) =>
      pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'mapping', id)).result()
    expect(await done('1')).toMatchObject({ outcome: expect.stringMatching(/^done/) as string })

    await restart(settings, { 'shop.hub.yaml': within(5, 'mastre') })
    await pipeline.poll()
    await done('2')
    expect(await record(pipeline, 'NL-DL7-W', 'shop')).toMatchObject({ status: 'active' })
    const shown = await at().run('approvals', 'show', 'm2')
    expect(shown).toMatchObject({ code: 4 })
    expect(shown.out).toMatch(/shop\.hub\.yaml:7 {2}publish\.within:? category "mastre" is not in Akeneo/)
  }, 120_000)
})
