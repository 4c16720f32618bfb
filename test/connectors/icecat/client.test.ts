import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { Secret } from '../../../domain/secret.ts'
import { mergeSheets } from '../../../domain/enrichment/sheet.ts'
import { FULL_CONTENT_TOKEN, OPEN_API_TOKEN } from '../../../simulator/icecat/index.ts'
import { all, byGtin, byId, clientOf, found, icecat } from './helpers.ts'

const open = {
  username: 'open-shop',
  apiToken: new Secret(OPEN_API_TOKEN),
  appKey: null,
  subscription: 'open' as const,
}

describe('sheets', () => {
  it('are the same by JSON and by XML', async () => {
    const client = clientOf(await icecat())
    for (const language of ['EN', 'DE']) {
      const json = found(await client.sheet(byId('900000123'), language))
      const xml = found(await client.sheetByXml(byId('900000123'), language))
      const alike = ({ features, title, name, quality, description, ...rest }: typeof json) => ({
        ...rest,
        title: title[language],
        name: name[language],
        // JSON alone tells types, and orders features by group; XML alone has short descriptions and a quality.
        features: features
          .map((feature) => ({ ...feature, type: null }))
          .toSorted((a, b) => Number(a.id) - Number(b.id)),
        description: { ...description, short: {} },
        hasQuality: quality !== null,
      })
      expect(alike(xml)).toEqual({ ...alike(json), hasQuality: true })
    }
  })

  it('in all languages by one XML call are those of one call each', async () => {
    const client = clientOf(await icecat())
    const each = mergeSheets(
      await Promise.all(
        ['EN', 'DE', 'FR'].map(async (one) => found(await client.sheetByXml(byId('900000123'), one))),
      ),
    )
    const whole = found(await client.sheetByXml(byId('900000123'), 'INT'))
    const texts = ({ title, name, summary, description, bullets, features, category }: typeof whole) => ({
      title: { EN: title['EN'], DE: title['DE'], FR: title['FR'] },
      name: { EN: name['EN'], DE: name['DE'], FR: name['FR'] },
      summary,
      description,
      bullets,
      features,
      names: { EN: category?.names['EN'], DE: category?.names['DE'], FR: category?.names['FR'] },
    })
    expect(texts(whole)).toEqual(texts(each ?? whole))
  })

  it('stand under the language they are in, not the one that was asked for', async () => {
    const client = clientOf(await icecat())
    const sheet = found(await client.sheet(byId('900000125'), 'DE'))
    expect(sheet.title).toEqual({
      INT: 'Northlamp Northlamp Desk Light 9 black',
      EN: 'Northlamp Northlamp Desk Light 9 black',
    })
    expect(Object.keys(sheet.summary.short)).toEqual(['EN'])
    // Values are translated word by word, though the product has no German text.
    expect(sheet.features.find(({ id }) => id === '1766')?.shown).toEqual({
      DE: { value: 'Salbei', sign: '', text: 'Salbei' },
    })
  })

  it('keep no file whose address cannot be read', async () => {
    const simulator = await icecat()
    simulator.edit({ id: '900000123', pictures: { 0: { url: 'http://[broken' } } })
    const client = clientOf(simulator)
    for (const sheet of [
      await client.sheet(byId('900000123'), 'EN'),
      await client.sheetByXml(byId('900000123'), 'EN'),
    ]) {
      expect(found(sheet).images).toHaveLength(3)
    }
  })

  it('are read whatever type scalars have, with lists for objects and blocks left out', async () => {
    const client = clientOf(await icecat())
    const odd = found(await client.sheet(byId('900000124'), 'EN'))
    expect(odd.bullets).toEqual({})
    expect(odd.features.find(({ id }) => id === '94')).toMatchObject({
      value: '724',
      measure: { id: '38', sign: 'g' },
    })
    expect(found(await client.sheet(byId('900000125'), 'EN')).gtins).toEqual(['2000000123486'])
    expect(found(await client.sheet(byId('900000127'), 'EN'))).toMatchObject({
      gtins: ['2000000123516'],
      code: 'NL-AC/DC 1',
    })
    expect(found(await client.sheet(byId('900000318'), 'EN'))).toMatchObject({
      images: [],
      documents: [],
      gtins: [],
    })
    expect(found(await client.sheet(byId('900000307'), 'EN')).reasons).toEqual({
      EN: [{ title: 'Made by hand', text: 'In one piece.' }],
    })
  })

  it('are found by brands and codes with signs that URLs give another meaning', async () => {
    const client = clientOf(await icecat())
    for (const [brand, code] of [
      ['Lumera & Söhne', 'L&S #2'],
      ['C# Labs', 'C#-1'],
      ['Zero+', 'Z+1'],
      ['Northlamp', 'NL-AC/DC 1'],
      ['Lumera', 'L&S 100%'],
    ] as const) {
      expect(found(await client.sheet({ by: 'code', brand, code }, 'EN')).code).toBe(code)
      expect(found(await client.sheetByXml({ by: 'code', brand, code }, 'EN')).code).toBe(code)
    }
  })

  it('turn Icecat’s written line breaks into real ones', async () => {
    const client = clientOf(await icecat())
    const sheet = found(await client.sheet(byGtin('2000000123462'), 'EN'))
    expect(sheet.description.long['EN']).toContain('desk.\n\n- Adjustable arm\n- USB-C & no flicker')
  })

  it('name the product that took another’s place', async () => {
    const client = clientOf(await icecat())
    expect(found(await client.sheetByXml(byId('900000310'), 'EN')).replacedBy).toBe('900000308')
  })

  it('are restricted for an Open account beyond its sponsors, and after a downgrade', async () => {
    const simulator = await icecat()
    expect(await clientOf(simulator, open).sheet(byId('900000140'), 'EN')).toMatchObject({
      verdict: { code: 'full-only' },
    })
    expect(found(await clientOf(simulator, open).sheet(byId('900000123'), 'EN')).brand).toBe('Northlamp')
    simulator.subscribe('full-shop', 'open')
    expect(await clientOf(simulator).sheet(byId('900000140'), 'EN')).toMatchObject({
      verdict: { code: 'full-only' },
    })
    expect(await clientOf(simulator).sheetByXml(byId('900000140'), 'EN')).toMatchObject({
      verdict: { code: 'full-only' },
    })
  })

  it('that are no JSON, cut, or of another form pass or are named', async () => {
    const simulator = await icecat()
    const client = clientOf(simulator)
    simulator.fault({ malformed: true, count: 1 })
    await expect(client.sheet(byId('900000123'), 'EN')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'not-readable',
    })
    simulator.fault({ malformed: true, count: 1 })
    await expect(client.sheetByXml(byId('900000123'), 'EN')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'not-readable',
    })
    simulator.fault({ truncatedGzip: true, count: 1 })
    await expect(client.sheet(byId('900000123'), 'EN')).rejects.toMatchObject({ name: 'TransientError' })
    simulator.fault({ cutAfterBytes: 100, count: 1 })
    await expect(client.sheet(byId('900000123'), 'EN')).rejects.toMatchObject({ name: 'TransientError' })
    expect(found(await client.sheet(byId('900000123'), 'EN')).icecatId).toBe('900000123')
  })

  it('with entities of their own are refused, and nothing of them is expanded', async () => {
    const simulator = await icecat()
    simulator.fault({ entities: true })
    await expect(clientOf(simulator).sheetByXml(byId('900000123'), 'EN')).rejects.toMatchObject({
      name: 'ContractError',
      code: 'xml-declarations',
    })
  })

  it.each([
    ['a NUL character', '"a\\u0000b"'],
    ['half a character', '"a\\ud800b"'],
    ['nesting without end', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('with %s are refused, because nothing could keep them', async (_what, title) => {
    const server = createServer((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"msg":"OK","data":{"GeneralInfo":{"IcecatId":1,"Title":${title}}}}`),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    await expect(clientOf({ url: `http://127.0.0.1:${port}` }).sheet(byId('1'), 'EN')).rejects.toMatchObject({
      name: 'ContractError',
      code: 'off-contract',
    })
  })

  it('are given up after the timeout', async () => {
    const simulator = await icecat()
    simulator.fault({ slowBodyMs: 200 })
    await expect(
      clientOf(simulator, { timeoutMs: 300 }).sheet(byId('900000123'), 'EN'),
    ).rejects.toMatchObject({
      code: 'timeout',
    })
  })
})

describe('files', () => {
  it('hands out an index piece by piece, unpacked, of the account’s own repository', async () => {
    const simulator = await icecat({ indexRows: 3000 })
    const full = Buffer.concat(await all(await clientOf(simulator).openIndex('files', 'EN'))).toString()
    expect(full.split('<file ').length - 1).toBeGreaterThan(3000)
    const sponsors = Buffer.concat(
      await all(await clientOf(simulator, open).openIndex('daily', 'EN')),
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

describe('the subscription', () => {
  it('is what Icecat says of the account', async () => {
    const simulator = await icecat()
    expect(await clientOf(simulator).subscription()).toBe('full')
    simulator.subscribe('full-shop', 'open')
    expect(await clientOf(simulator).subscription()).toBe('open')
    const wrong = clientOf(simulator, { password: new Secret('wrong') })
    await expect(wrong.subscription()).rejects.toMatchObject({ code: 'credentials' })
  })
})

describe('secrets', () => {
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  it('stand in no error, whatever the other side answers', async () => {
    const server = createServer((request, response) => {
      response.statusCode = Number(/status(?:=|%3D)(\d+)/.exec(request.url ?? '')?.[1] ?? 400)
      response.end(JSON.stringify({ Message: 'no' }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const canaries = ['canary-password', 'canary-api-token', 'canary-app-key', 'canary-content']
    const [password, apiToken, appKey, contentToken] = canaries.map((text) => new Secret(text))
    if (!password || !apiToken || !appKey || !contentToken) throw new Error('four canaries')
    const client = clientOf({ url }, { password, apiToken, appKey, contentToken })
    const failures = await Promise.allSettled([
      client.sheet({ by: 'gtin', gtin: 'status=500' }, 'EN'),
      client.sheet({ by: 'gtin', gtin: 'status=401' }, 'EN'),
      client.sheetByXml({ by: 'gtin', gtin: 'status=503' }, 'EN'),
      client.openIndex('files', 'EN'),
      client.asset(`${url}/x.jpg?status=403`, { path: '/nowhere', maxBytes: 1 }),
      client.subscription(),
      client.sheet({ by: 'gtin', gtin: '1' }, 'EN'),
    ])
    const shown = failures.map((failure) => inspect(failure, { depth: 10, showHidden: true })).join('\n')
    for (const canary of canaries) {
      expect(shown).not.toContain(canary)
      expect(shown).not.toContain(Buffer.from(`full-shop:${canary}`).toString('base64'))
    }
    expect(failures.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(3)
  })
})
