import { describe, expect, it } from 'vitest'
import { FULL_CONTENT_TOKEN, OPEN_API_TOKEN } from '../../../simulator/icecat/index.ts'
import { ask, askXml, basic, featureOf, fullHeaders, get, icecat } from './helpers.ts'

describe('the JSON door', () => {
  it('finds one product by GTIN, by brand and code, by a brand’s alias, and by id', async () => {
    const simulator = await icecat()
    for (const query of [
      { GTIN: '2000000123462' },
      { gtin: '02000000123462' },
      { ean_upc: '2000000123462' },
      { Brand: 'northlamp', ProductCode: 'nl-dl7-w' },
      { Brand: 'North Lamp', ProductCode: 'NLDL7W' },
      { icecat_id: '900000123' },
    ]) {
      const { status, json } = await ask(simulator, query)
      expect(status, JSON.stringify(query)).toBe(200)
      expect(json.data?.GeneralInfo.IcecatId).toBe(900000123)
    }
  })

  it('takes brands and codes with the signs that URLs give another meaning', async () => {
    const simulator = await icecat()
    const { json } = await ask(simulator, { Brand: 'Lumera & Söhne', ProductCode: 'L&S #2' })
    expect(json.data?.GeneralInfo.IcecatId).toBe(900000307)
  })

  it('answers in English where the language has no text, and says so', async () => {
    const simulator = await icecat()
    const { json } = await ask(simulator, { lang: 'DE', icecat_id: '900000125' })
    expect(json.data?.['GeneralInfo']).toMatchObject({
      TitleInfo: { GeneratedLocalTitle: { Value: 'Northlamp Northlamp Desk Light 9 black', Language: 'EN' } },
    })
  })

  it('shows a local value in its own unit beside the international one', async () => {
    const simulator = await icecat()
    const { json } = await ask(simulator, { lang: 'DE', icecat_id: '900000311' })
    const diagonal = featureOf(json.data, '944')
    expect(diagonal).toMatchObject({
      Value: '5.1',
      PresentationValue: '13,0 cm (5.1")',
      LocalValue: { Value: '13,0', Measure: { Signs: { _: 'cm' } } },
      Feature: { Measure: { Sign: '"' } },
    })
  })

  it('has the traps of real answers: lists for objects, numbers for text, one GTIN as text', async () => {
    const simulator = await icecat()
    const odd = await ask(simulator, { icecat_id: '900000124' })
    expect(odd.json.data?.GeneralInfo.BulletPoints).toEqual([])
    expect(featureOf(odd.json.data, '94').Value).toBe(724)
    const one = await ask(simulator, { icecat_id: '900000125' })
    expect(one.json.data?.GeneralInfo.GTIN).toBe('2000000123486')
    const sparse = await ask(simulator, { icecat_id: '900000318' })
    expect(sparse.json.data).not.toHaveProperty('Gallery')
  })

  it('answers with the blocks that were asked for only', async () => {
    const simulator = await icecat()
    const { json } = await ask(simulator, { icecat_id: '900000123', content: 'gallery,reasonstobuy' })
    expect(Object.keys(json.data ?? {}).sort()).toEqual([
      'ContentErrors',
      'DemoAccount',
      'Gallery',
      'Image',
      'ReasonsToBuy',
    ])
  })

  it('puts the content token behind asset addresses, and its asset host wants it', async () => {
    const simulator = await icecat({ assetsNeedToken: true })
    const headers = { ...fullHeaders, 'content-token': FULL_CONTENT_TOKEN }
    const { json } = await ask(simulator, { icecat_id: '900000123' }, headers)
    const address = json.data?.Gallery[0]?.Pic ?? ''
    expect(address).toContain(`content_token=${FULL_CONTENT_TOKEN}`)
    const picture = await fetch(address)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect((await fetch(address.replace(/\?.*/, ''))).status).toBe(403)
  })
})

describe('refusals of the JSON door', () => {
  const two = {
    accounts: [
      {
        name: 'full-shop',
        subscription: 'full' as const,
        appKey: 'key-a',
        apiTokens: ['3d2f8c1a-5b4e-4c6d-9e7f-0a1b2c3d4e5f'],
      },
      { name: 'other-shop', subscription: 'full' as const, appKey: 'key-b' },
      { name: 'no-key', subscription: 'full' as const },
      { name: 'closed', subscription: 'full' as const, addresses: [] },
      { name: 'new', shopKey: false },
      { name: 'only-it', subscription: 'full' as const, appKey: 'key-c', verticals: ['it'] },
      { name: 'open-shop', apiTokens: [OPEN_API_TOKEN] },
    ],
  }
  const open = { 'api-token': OPEN_API_TOKEN }

  it.each([
    ['no language', { lang: '', icecat_id: '900000123' }, fullHeaders, 1, 400],
    ['no user', { shopname: '', icecat_id: '900000123' }, fullHeaders, 1, 400],
    ['an unknown language', { lang: 'XX', icecat_id: '900000123' }, fullHeaders, 2, 400],
    ['INT, which JSON does not have', { lang: 'INT', icecat_id: '900000123' }, fullHeaders, 2, 400],
    ['an unknown user', { shopname: 'nobody', icecat_id: '900000123' }, {}, 3, 400],
    ['an unknown GTIN', { GTIN: '2999999999998' }, fullHeaders, 4, 400],
    ['a brand without its code', { Brand: 'Northlamp' }, fullHeaders, 4, 400],
    ['an address that is not allowed', { shopname: 'closed', icecat_id: '900000123' }, {}, 5, 403],
    ['a shop without a key', { shopname: 'new', icecat_id: '900000123' }, {}, 6, 403],
    ['another’s app_key', { app_key: 'key-b', icecat_id: '900000123' }, fullHeaders, 7, 403],
    ['a product that is not described', { icecat_id: '900000153' }, fullHeaders, 8, 404],
    ['Full content for an Open account', { shopname: 'open-shop', icecat_id: '900000140' }, open, 9, 403],
    ['Full content without the app_key', { shopname: 'no-key', icecat_id: '900000140' }, {}, 9, 403],
    ['an unknown app_key', { app_key: 'key-z', icecat_id: '900000123' }, fullHeaders, 10, 403],
    [
      'a product of another vertical',
      { shopname: 'only-it', app_key: 'key-c', icecat_id: '900000140' },
      {},
      12,
      403,
    ],
    ['a token that is no UUID', { icecat_id: '900000123' }, { 'api-token': 'nonsense' }, 19, 400],
    ['a sheet under embargo', { icecat_id: '900000151' }, fullHeaders, 404, 404],
  ])('answers %s with its number', async (_case, query, headers, number, code) => {
    const simulator = await icecat(two)
    const { status, json } = await ask(simulator, query, headers)
    expect([status, json.Code, json.StatusCode]).toEqual([code, code, number])
  })

  it('refuses what a brand has not allowed by its message alone', async () => {
    const simulator = await icecat()
    const { status, json } = await ask(simulator, { icecat_id: '900000305' })
    expect([status, json.StatusCode, json.Message]).toEqual([
      403,
      undefined,
      'The brand has not allowed access to its content.',
    ])
  })

  it('refuses revoked tokens with 401', async () => {
    const simulator = await icecat()
    simulator.revokeTokens()
    expect((await ask(simulator, { icecat_id: '900000123' })).status).toBe(401)
  })

  it('can write errors as older servers did', async () => {
    const simulator = await icecat({ legacyErrors: true })
    const { json } = await ask(simulator, { GTIN: '2999999999998' })
    expect(json).toEqual({ statusCode: 4, message: 'No product is known by this identifier.' })
  })
})

describe('the XML door', () => {
  it('answers one language, or all of them by their numbers', async () => {
    const simulator = await icecat()
    const one = await askXml(simulator, { product_id: '900000123', lang: 'FR' }, basic('full-shop'))
    expect(one.text).toContain('apporte une lumière chaude')
    expect(one.text).toContain('langid="3"')
    expect(one.text).not.toContain('langid="4"')
    const whole = await askXml(simulator, { icecat_id: '900000123', lang: 'INT' })
    for (const langid of [1, 3, 4]) expect(whole.text).toContain(`langid="${langid}"`)
  })

  it('says what is wrong with status 200, and only by its text', async () => {
    const simulator = await icecat()
    const missing = await askXml(simulator, { ean_upc: '2999999999998' })
    expect(missing.status).toBe(200)
    expect(missing.text).toContain('Code="-1"')
    expect(missing.text).toContain('The requested XML data-sheet is not present in the Icecat database.')
    const full = await askXml(simulator, { prod_id: 'NL-L008', vendor: 'Oakline' }, basic('open-shop'))
    expect(full.text).toContain('You are not allowed to have Full Icecat access')
  })

  it('answers restricted products with 404, wrong passwords with 401', async () => {
    const simulator = await icecat()
    const limited = await askXml(simulator, { product_id: '900000304' })
    expect([
      limited.status,
      limited.text.includes('Access to this product and language is restricted.'),
    ]).toEqual([404, true])
    expect((await askXml(simulator, { product_id: '900000123' }, basic('full-shop', 'wrong'))).status).toBe(
      401,
    )
  })
})

describe('sessions', () => {
  it('tell the subscription of an account', async () => {
    const simulator = await icecat()
    const session = await fetch(`${simulator.url}/restful/v3/Session`, {
      method: 'POST',
      body: JSON.stringify({ Login: 'open-shop', Password: 'open-shop-password', Session: 'Rest' }),
    })
    const { Data } = (await session.json()) as { Data: { SessionId: string } }
    const profile = await get(`${simulator.url}/rest/user-profile?AccessKey=${Data.SessionId}`)
    expect(JSON.parse(profile.text)).toEqual({ Data: { SubscriptionLevel: '5' } })
  })
})
