import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { generatedIndex, generatedRow } from '../../../simulator/icecat/index.ts'
import { ask, askXml, basic, fullHeaders, get, icecat } from './helpers.ts'

const DAY_MS = 86_400_000

const index = async (url: string, kind: string, headers = fullHeaders) =>
  (await get(`${url}/export/level4/EN/${kind}.index.xml`, headers)).text

describe('time', () => {
  it('shows an edit at once on the doors, and in the next night’s index', async () => {
    const simulator = await icecat()
    const before = await index(simulator.url, 'daily')
    simulator.edit({ id: '900000123', values: { 94: '1350' } })
    const sheet = await ask(simulator, { icecat_id: '900000123' })
    expect(JSON.stringify(sheet.json.data)).toContain('1350')
    expect(await index(simulator.url, 'daily')).toBe(before)
    simulator.clock.advance(DAY_MS)
    expect(await index(simulator.url, 'daily')).toContain('Product_ID="900000123"')
  })

  it('describes a product days later: nobody’s at first, then in the files', async () => {
    const simulator = await icecat()
    expect(await index(simulator.url, 'nobody')).toContain('Product_ID="900000150"')
    expect((await ask(simulator, { icecat_id: '900000150' })).json.StatusCode).toBe(8)
    simulator.clock.advance(3 * DAY_MS)
    expect(await index(simulator.url, 'nobody')).not.toContain('Product_ID="900000150"')
    expect(await index(simulator.url, 'files')).toContain('Product_ID="900000150"')
    expect((await ask(simulator, { icecat_id: '900000150' })).status).toBe(200)
  })

  it('lists removals in the daily index, with little else', async () => {
    const simulator = await icecat()
    simulator.remove('900000124')
    simulator.generateIndex()
    const daily = await index(simulator.url, 'daily')
    expect(daily).toMatch(/<file Product_ID="900000124" Quality="REMOVED" Updated="\d{14}"\/>/)
    expect(await index(simulator.url, 'files')).not.toContain('900000124')
  })

  it('releases a sheet when its embargo ends', async () => {
    const simulator = await icecat()
    expect((await ask(simulator, { icecat_id: '900000151' })).status).toBe(404)
    simulator.clock.advance(3 * DAY_MS)
    expect((await ask(simulator, { icecat_id: '900000151' })).status).toBe(200)
  })

  it('takes Full content away when an account is downgraded', async () => {
    const simulator = await icecat()
    expect((await ask(simulator, { icecat_id: '900000140' })).status).toBe(200)
    simulator.subscribe('full-shop', 'open')
    expect((await ask(simulator, { icecat_id: '900000140' })).json.StatusCode).toBe(9)
  })

  it('keeps an index when told to, as a stale one', async () => {
    const simulator = await icecat()
    simulator.freezeIndex(true)
    const at = simulator.indexGeneratedAt()
    simulator.clock.advance(3 * DAY_MS)
    expect(simulator.indexGeneratedAt()).toEqual(at)
  })
})

describe('files', () => {
  it('keeps Open accounts to the sponsors’ files', async () => {
    const simulator = await icecat()
    const open = basic('open-shop')
    expect((await get(`${simulator.url}/export/level4/EN/files.index.xml`, open)).status).toBe(401)
    const { text } = await get(`${simulator.url}/export/freexml/EN/files.index.xml`, open)
    expect(text).toContain('Product_ID="900000123"')
    expect(text).not.toContain('Product_ID="900000140"')
  })

  it('packs, and writes CSV with a header', async () => {
    const simulator = await icecat()
    const packed = await fetch(`${simulator.url}/export/level4/EN/files.index.csv.gz`, {
      headers: fullHeaders,
    })
    const lines = gunzipSync(Buffer.from(await packed.arrayBuffer()))
      .toString('utf8')
      .split('\n')
    expect(lines[0]?.split('\t').slice(4, 8)).toEqual(['Supplier_id', 'Prod_ID', 'Catid', 'M_Prod_ID'])
    expect(lines.length).toBeGreaterThan(40)
  })

  it.each([
    ['CategoriesList', 'table lamps'],
    ['FeaturesList', 'Type="multi_dropdown"'],
    ['FeatureGroupsList', 'Weight &amp; dimensions'],
    ['MeasuresList', 'Sign="mm"'],
    ['LanguageList', 'ShortCode="ES_AR"'],
    ['SuppliersList', 'Name="Northlamp" Sponsor="1"'],
    ['supplier_mapping', 'NORTHLAMP AS'],
    ['FeatureValuesVocabularyList', 'Key_Value="White"'],
    ['CategoryFeaturesList', 'Mandatory="1"'],
  ])('has the reference file %s', async (name, piece) => {
    const simulator = await icecat()
    const packed = await fetch(`${simulator.url}/export/level4/refs/${name}.xml.gz`, { headers: fullHeaders })
    expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString('utf8')).toContain(piece)
  })

  it('serves a sheet as a file, and 404 for what one may not have', async () => {
    const simulator = await icecat()
    const headers = basic('open-shop')
    expect((await get(`${simulator.url}/export/freexml/EN/900000123.xml`, headers)).text).toContain(
      'Prod_id="NL-DL7-W"',
    )
    expect((await get(`${simulator.url}/export/freexml/EN/900000140.xml`, headers)).status).toBe(404)
  })

  it('makes up rows of about 800 bytes, the same each time', () => {
    const pieces = [...generatedIndex({ rows: 1000, seed: 1 })]
    const text = pieces.join('')
    expect(text).toBe([...generatedIndex({ rows: 1000, seed: 1 })].join(''))
    const bytesPerRow = Buffer.byteLength(text) / 1000
    expect(bytesPerRow).toBeGreaterThan(750)
    expect(bytesPerRow).toBeLessThan(900)
    expect(text).toContain(`Product_ID="${generatedRow(999).id}"`)
  })

  it('adds made-up rows to the whole index only', async () => {
    const simulator = await icecat({ indexRows: 500 })
    const rows = (text: string) => text.split('<file ').length - 1
    expect(rows(await index(simulator.url, 'files'))).toBeGreaterThan(500)
    expect(rows(await index(simulator.url, 'daily'))).toBeLessThan(50)
  })

  it('adds others that changed to the index of the day', async () => {
    const simulator = await icecat({ dailyRows: 300 })
    const rows = (text: string) => text.split('<file ').length - 1
    expect(rows(await index(simulator.url, 'daily'))).toBeGreaterThanOrEqual(300)
    expect(rows(await index(simulator.url, 'files'))).toBeLessThan(300)
  })
})

describe('faults', () => {
  it('refuses with 429 and how long to wait, for so many calls', async () => {
    const simulator = await icecat()
    simulator.fault({ path: '/api', status: 429, retryAfter: 7, count: 1 })
    const first = await ask(simulator, { icecat_id: '900000123' })
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await ask(simulator, { icecat_id: '900000123' })).status).toBe(200)
  })

  it('breaks bodies: malformed JSON, a wrong type, entities, half a gzip', async () => {
    const simulator = await icecat()
    simulator.fault({ malformed: true, count: 1 })
    const broken = await ask(simulator, { icecat_id: '900000123' })
    expect([broken.status, broken.json]).toEqual([200, {}])
    simulator.fault({ contentType: 'text/html', count: 1 })
    expect((await ask(simulator, { icecat_id: '900000123' })).headers.get('content-type')).toBe('text/html')
    simulator.fault({ entities: true, count: 1 })
    expect((await askXml(simulator, { icecat_id: '900000123' })).text).toContain('<!ENTITY')
    simulator.fault({ truncatedGzip: true, count: 1 })
    const half = await fetch(`${simulator.url}/export/level4/EN/files.index.xml.gz`, { headers: fullHeaders })
    const bytes = Buffer.from(await half.arrayBuffer())
    expect(() => gunzipSync(bytes)).toThrow()
  })

  it('revokes tokens while a client is at work', async () => {
    const simulator = await icecat()
    simulator.fault({ revokeTokens: true, after: 1, count: 1 })
    expect((await ask(simulator, { icecat_id: '900000123' })).status).toBe(200)
    expect((await ask(simulator, { icecat_id: '900000123' })).status).toBe(401)
  })

  it('is driven over HTTP too, and logs no secret', async () => {
    const simulator = await icecat()
    const post = (path: string, body: object) =>
      fetch(`${simulator.url}/_simulator/${path}`, { method: 'POST', body: JSON.stringify(body) })
    expect((await post('clock', { advanceMs: DAY_MS })).status).toBe(200)
    expect((await post('edits', { edits: [{ id: '900000123', titles: { EN: 'New' } }] })).status).toBe(200)
    expect((await post('edits', { edits: [{ id: 'nobody' }] })).status).toBe(400)
    await ask(simulator, { icecat_id: '900000123', app_key: 'full-app-key' })
    const log = await get(`${simulator.url}/_simulator/requests`)
    expect(log.text).toContain('icecat_id=900000123')
    expect(log.text).not.toContain('full-app-key')
  })
})
