import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../domain/secret.ts'
import { FULL_CONTENT_TOKEN } from '../../../simulator/icecat/index.ts'
import { all, byId, clientOf, found, icecat, openAccount } from './helpers.ts'

describe('files', () => {
  it('hands out an index piece by piece, unpacked, of the account’s own repository', async () => {
    const simulator = await icecat({ indexRows: 3000 })
    const full = Buffer.concat(await all(await clientOf(simulator).openIndex('files', 'EN'))).toString()
    expect(full.split('<file ').length - 1).toBeGreaterThan(3000)
    const sponsors = Buffer.concat(
      await all(await clientOf(simulator, openAccount).openIndex('daily', 'EN')),
    ).toString()
    expect(sponsors).toContain('<files.index')
    expect(simulator.requests().map(({ path }) => path)).toEqual([
      '/export/level4/EN/files.index.xml.gz',
      '/export/freexml/EN/daily.index.xml.gz',
    ])
  })

  it('says so when an index ends in the middle, or is not for this account', async () => {
    const simulator = await icecat()
    simulator.fault({ truncatedGzip: true, count: 1 })
    await expect(all(await clientOf(simulator).openIndex('files', 'EN'))).rejects.toMatchObject({
      code: 'not-readable',
    })
    simulator.fault({ path: '/export/*', status: 404, count: 1 })
    await expect(clientOf(simulator).openIndex('files', 'EN')).rejects.toMatchObject({
      name: 'RefusedError',
      message: expect.stringContaining('icecat.subscription') as string,
    })
    // As where the token is no UUID.
    simulator.fault({ path: '/export/*', status: 400, count: 1 })
    await expect(clientOf(simulator).openIndex('files', 'EN')).rejects.toMatchObject({
      name: 'RefusedError',
      message: expect.stringContaining('icecat.apiToken') as string,
    })
    simulator.fault({ path: '/export/*', status: 503, count: 1 })
    await expect(clientOf(simulator).openIndex('files', 'EN')).rejects.toMatchObject({
      name: 'TransientError',
    })
  })

  it('reads every reference file record by record', async () => {
    const client = clientOf(await icecat())
    const named = async (records: AsyncIterable<unknown>) => (await all(records))[0]
    expect(await named(client.references('categories'))).toMatchObject({
      id: '99010',
      names: { DE: 'Tischleuchten' },
    })
    expect(await named(client.references('features'))).toEqual({
      id: '94',
      names: { EN: 'Weight', DE: 'Gewicht', FR: 'Poids', NL: 'Gewicht', ES: 'Peso' },
      type: 'numerical',
      measure: { id: '38', sign: 'g' },
      restrictedValues: [],
    })
    expect(await named(client.references('measures'))).toEqual({
      id: '16',
      sign: '"',
      signs: { EN: '"', DE: 'Zoll' },
    })
    expect(await named(client.references('suppliers'))).toEqual({
      id: '990001',
      name: 'Northlamp',
      sponsor: true,
    })
    expect(await named(client.references('supplierAliases'))).toEqual({
      id: '990001',
      name: 'Northlamp',
      aliases: ['North Lamp', 'NORTHLAMP AS'],
    })
    expect(await named(client.references('vocabulary'))).toMatchObject({
      word: 'White',
      texts: { DE: 'Weiß' },
    })
    expect(await named(client.references('featureGroups'))).toMatchObject({
      names: { EN: expect.any(String) as string },
    })
    const categories = await all(client.references('categoryFeatures'))
    expect(categories[0]?.features.find(({ id }) => id === '94')).toMatchObject({
      mandatory: true,
      searchable: true,
    })
    expect((await all(client.references('languages'))).length).toBe(78)
  })
})

describe('assets', () => {
  let folder: string
  let files = 0
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pimflow-assets-'))
    files = 0
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const target = (maxBytes = 1_000_000) => ({ path: join(folder, String(++files)), maxBytes })

  it('come with the content token, which no address that is kept shows', async () => {
    const simulator = await icecat({ assetsNeedToken: true })
    const client = clientOf(simulator, { contentToken: new Secret(FULL_CONTENT_TOKEN) })
    const sheet = found(await client.sheet(byId('900000123'), 'EN'))
    expect(JSON.stringify(sheet)).not.toContain(FULL_CONTENT_TOKEN)
    const picture = await client.asset(sheet.images[0]?.url ?? '', target())
    expect(picture).toEqual({ contentType: 'image/jpeg', size: statSync(join(folder, '1')).size })
    await expect(clientOf(simulator).asset(sheet.images[0]?.url ?? '', target())).rejects.toMatchObject({
      code: 'content-token',
    })
  })

  it('are fetched from Icecat’s hosts alone', async () => {
    const client = clientOf(await icecat())
    for (const url of [
      'http://169.254.169.254/secret',
      'https://icecat.biz.example.test/a.jpg',
      'file:///etc/passwd',
    ]) {
      await expect(client.asset(url, target())).rejects.toMatchObject({ code: 'foreign-asset' })
    }
  })

  it('end at what their attribute takes', async () => {
    const simulator = await icecat()
    const client = clientOf(simulator)
    const { images } = found(await client.sheet(byId('900000123'), 'EN'))
    await expect(client.asset(images[0]?.url ?? '', target(50))).rejects.toMatchObject({
      code: 'asset-too-large',
    })
  })

  it('that are gone are none', async () => {
    const simulator = await icecat()
    simulator.fault({ path: '/assets/*', status: 404 })
    expect(await clientOf(simulator).asset(`${simulator.url}/assets/img/gallery/1.jpg`, target())).toBeNull()
  })
})
