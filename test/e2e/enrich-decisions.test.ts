import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflowId } from '../../contracts/names.ts'
import { FULL_API_TOKEN } from '../../simulator/icecat/index.ts'
import { project, type TestProject } from '../client/harness.ts'
import { apiOf } from '../simulator/api.ts'
import { dataAt, findingsOf, loadedPipeline, northlampMapping, recordOf } from '../support/icecat-shop.ts'
import type { Pipeline } from '../support/pipeline.ts'

let pipeline: Pipeline
let at: TestProject
beforeAll(async () => {
  pipeline = await loadedPipeline()
  const { connection, taskQueue, database, akeneo } = pipeline
  const icecat = {
    username: 'full-shop',
    apiToken: '${ICECAT_API_TOKEN}',
    subscription: 'full',
    mapping: 'acme.icecat.yaml',
    url: pipeline.icecat?.url,
  }
  at = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    sections: { icecat },
  })
  at.env['ICECAT_API_TOKEN'] = FULL_API_TOKEN
  await writeFile(join(dirname(at.config), 'acme.icecat.yaml'), northlampMapping)
}, 120_000)
afterAll(async () => {
  await at.remove()
  await pipeline.close()
})

describe('values that an earlier connector brought', () => {
  it('are taken over by a file of what it wrote: what was changed since is a person’s', async () => {
    const lamp = await recordOf(pipeline, '/products/NL-L020')
    const own = dataAt(lamp, 'description', 'en_US', 'ecommerce')
    const file = join(dirname(at.config), 'written.csv')
    await writeFile(
      file,
      [
        'sku;attribute;locale;scope;value',
        `NL-L020;description;en_US;ecommerce;"${String(own).replaceAll('"', '""')}"`,
        'NL-L020;description;fr_FR;ecommerce;What the other connector wrote',
        // Its model owns it, and has it still.
        'CAL-FELL-BLACK-M;VARIATION_NAME;en_US;;',
        'CAL-FELL-BLACK-M;care_note;fr_FR;;',
        'NL-L020;price;;;12',
        'NL-NONE;description;en_US;ecommerce;x',
      ].join('\n'),
    )
    const { code, value } = await at.json('adopt', file, '--icecat')
    expect({ code, value }).toEqual({
      code: 3,
      value: {
        isPreview: false,
        attributes: { variation_name: 1, description: 2 },
        records: 2,
        known: 0,
        edited: 1,
        refused: [
          { line: 6, reason: 'names price, which no rule of the mapping writes' },
          {
            line: 5,
            reason:
              'care_note of CAL-FELL-BLACK-M is empty in Akeneo, and the file does not say what was written',
          },
          { line: 7, reason: 'names NL-NONE, which the hub does not know' },
        ],
      },
    })
  })

  it('are taken over where they stand, after a look at how many', async () => {
    const words = ['adopt', '--icecat', '--attribute', 'description', '--family', 'lamps']
    const { out } = await at.run(...words, '--preview')
    const [, count] = /(\d+) values would be taken over/.exec(out) ?? []
    expect(Number(count)).toBeGreaterThan(10)
    expect((await at.run(...words)).out).toContain(`${count} values taken over`)
    expect((await at.run(...words)).out).toContain(`${Number(count) + 2} known already`)
    expect(await at.run('adopt', '--icecat')).toMatchObject({ code: 2 })
    expect(await at.run('adopt', '--icecat', '--attribute', 'price')).toMatchObject({ code: 2 })
  })

  // Two whole runs, of which the first writes the catalogue: 20 s each where other tests have the processors, too.
  it('follow Icecat from then on, and those of others stay', { timeout: 120_000 }, async () => {
    const before = await recordOf(pipeline, '/products/NL-L008')
    await pipeline.enrich()
    const lamp = await recordOf(pipeline, '/products/NL-L020')
    expect(dataAt(lamp, 'description', 'en_US', 'ecommerce')).toContain('brings warm light')
    const found = await findingsOf(pipeline)
    expect(found).toContain('NL-L020 description fr_FR ecommerce: kept edited')
    expect(found.filter((line) => line.startsWith('jacket_fell_black variation_name en_US'))).toEqual([])
    expect(found).toContain('jacket_fell_navy variation_name en_US: kept foreign')
    expect(
      dataAt(await recordOf(pipeline, '/product-models/jacket_fell_black'), 'variation_name', 'en_US', null),
    ).toContain('Fell')
    expect(
      dataAt(await recordOf(pipeline, '/products/NL-L008'), 'description', 'en_US', 'ecommerce'),
    ).not.toBe(dataAt(before, 'description', 'en_US', 'ecommerce'))
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, sheets: 0 })
  })
})

describe('options that Icecat’s values need', () => {
  const colourOf = async (sku: string) =>
    dataAt(await recordOf(pipeline, `/products/${sku}`), 'main_color', null, null)
  /** Gives the lamp's sheet another colour and has the night's run see it. */
  const paint = async (colour: string) => {
    pipeline.icecat?.edit({ id: '900000125', values: { 1766: colour } })
    pipeline.icecat?.generateIndex()
    return pipeline.enrich()
  }

  it('wait for a person, and are made with the values that need them once they are allowed', async () => {
    await at.run('release', 'NL-DL9-B')
    await paint('Mint')
    expect(await colourOf('NL-DL9-B')).not.toBe('mint')
    const { code, out } = await at.run('approvals')
    expect(code).toBe(4)
    expect(out).toContain('o:main_color  1 option of main_color would be made: mint')
    expect((await at.json('status')).value).toMatchObject({
      connections: [{ approvals: [{ id: 'o:main_color', would: '1 option of main_color would be made' }] }],
    })
    expect((await at.run('approvals', 'show', 'o:main_color')).out).toMatch(/mint +.*1 product/)
    expect(await at.run('approvals', 'approve', 'o:main_color')).toMatchObject({ code: 0 })
    expect(await colourOf('NL-DL9-B')).toBe('mint')
    expect(await at.run('approvals')).toMatchObject({ code: 0 })
  })

  it('are not asked for again once they are refused, until a person thinks again', async () => {
    await paint('Rust')
    expect((await at.run('approvals', 'reject', 'o:main_color')).out).toContain('o:main_color/<code>')
    await paint('Rust ')
    expect(await at.run('approvals')).toMatchObject({ code: 0, out: 'Nothing waits for approval' })
    expect(await at.run('approvals', 'approve', 'o:main_color/rust')).toMatchObject({ code: 0 })
    expect(await colourOf('NL-DL9-B')).toBe('rust')
    expect(await at.run('approvals', 'approve', 'o:main_color/rust')).toMatchObject({ code: 1 })
  })

  it('are no question any more where somebody makes them in Akeneo', async () => {
    await paint('Plum')
    expect((await at.run('approvals')).code).toBe(4)
    const api = await apiOf(pipeline.akeneo)
    await api.post('/attributes/main_color/options', { code: 'plum', attribute: 'main_color' })
    // A poll reads an attribute's options when a product shows one that the hub does not know.
    const main_color = [{ locale: null, scope: null, data: 'plum' }]
    expect(await api.patch('/products/NL-L008', { values: { main_color } })).toMatchObject({ status: 204 })
    await pipeline.poll()
    await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'enrich')).result()
    expect((await at.run('approvals')).code).toBe(0)
    expect(await colourOf('NL-DL9-B')).toBe('plum')
  })
})
