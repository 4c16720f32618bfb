import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Action } from '../../client/report/controls.ts'
import type { Morning } from '../../client/report/morning.ts'
import { type PageServer, startPageServer } from '../../client/serve/server.ts'
import { StaleFileError } from '../../client/support/edit-file.ts'
import type { HubMappingSight } from '../../client/support/hub-mapping-sight.ts'
import { GoneError, type MappingEdit } from '../../client/support/mapping-decisions.ts'
import type { MappingKey } from '../../client/support/mapping-desk.ts'
import { ask, secretOf } from './ask-page.ts'

const token = 'a-token-of-more-than-16-characters'
const hostile = `"><script>x()</script>`

/** A page with nothing on it, and what it was asked to do. */
function pageServer(options: { token?: string; names?: string[] }) {
  const acted: Action[] = []
  const edited: [key: MappingKey, mark: string, edit: MappingEdit][] = []
  const quiet: Morning = {
    at: new Date(),
    since: new Date(Date.now() - 86_400_000),
    temporal: { address: 'localhost:7233', webUrl: 'http://localhost:8233', problem: null, worker: true },
    connections: [],
  }
  const server = startPageServer({
    host: '127.0.0.1',
    port: 0,
    names: options.names ?? [],
    token: options.token,
    connections: ['acme', 'globex'],
    readMorning: () => Promise.resolve(quiet),
    explain: (connection, id) => Promise.resolve(`${id} of ${connection} is explained ${hostile}`),
    act: (action) => {
      acted.push(action)
      return Promise.resolve({ text: `Did ${action.do}.`, url: 'http://localhost:8233/run' })
    },
    mappings: {
      keys: [{ connection: 'acme', output: 'shop' }],
      sight: () => Promise.resolve(shopSight),
      preview: (_, id) => Promise.resolve({ id, kind: 'hub', preview: null }),
      compare: (_, { apply }) => Promise.resolve({ text: apply ? 'Applied.' : 'Compared.', url: null }),
      edit: (key, mark, edit) => {
        if (mark !== 'as-seen') return Promise.reject(new StaleFileError('shop.yaml has changed'))
        if (edit.do === 'accept' && edit.suggestion !== 'one')
          return Promise.reject(new GoneError('That is proposed no longer'))
        edited.push([key, mark, edit])
        return Promise.resolve({ text: 'It is in the file.', url: null })
      },
    },
  })
  return { server, acted, edited }
}

const shopSight: HubMappingSight = {
  kind: 'hub',
  connection: 'acme',
  output: 'shop',
  file: { name: 'shop.yaml', version: 3, mark: 'as-seen' },
  applied: { name: 'shop.yaml', version: 3 },
  isChanged: true,
  change: null,
  suggestions: [
    {
      id: 'one',
      path: 'media',
      yaml: '- { role: gallery, from: back }',
      reason: hostile,
      attribute: 'back',
      filled: '81 %',
    },
  ],
  coverage: {
    attributes: [{ code: 'back', type: 'image', state: 'unmapped', targets: [], filled: 81 }],
    totals: { mapped: 0, through: 0, ignored: 0, unmapped: 1 },
    records: 100,
    problems: [],
  },
  labels: new Map([['back', hostile]]),
  fields: [{ field: 'product.brand', rule: null }],
  stored: null,
}

const retry = 'retry acme unit-unknown'

describe('the live page', () => {
  const { server: starting, acted } = pageServer({})
  let server: PageServer
  let secret: string
  beforeAll(async () => {
    server = await starting
    secret = secretOf((await ask(server.url, '/')).body)
  })
  afterAll(() => server.close())

  it('may be kept by nobody, framed by nobody, and runs one script, which is ours', async () => {
    const { status, headers, body } = await ask(server.url, '/')
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    const [, nonce = ''] = /script-src 'nonce-([^']+)'/.exec(String(headers['content-security-policy'])) ?? []
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    )
    expect(body.match(/<script/g)).toHaveLength(1)
    expect(body).toContain(`<script nonce="${nonce}">`)
  })

  it('explains, with what others wrote as text', async () => {
    const { body } = await ask(server.url, `/explain?connection=globex&id=${encodeURIComponent(hostile)}`)
    expect(body).toContain('of globex is explained')
    expect(body).not.toContain(hostile)
    expect((await ask(server.url, '/explain?connection=initech&id=1')).status).toBe(404)
    expect((await ask(server.url, '/explain?id=')).status).toBe(400)
  })

  it.each([
    ['without the secret of a page of ours', {}, null],
    ['with another secret', {}, 'another'],
    ['from a page elsewhere', { 'sec-fetch-site': 'cross-site' }, 'ours'],
    ['from a sibling of our name', { 'sec-fetch-site': 'same-site' }, 'ours'],
    ['from another origin', { origin: 'http://evil.example' }, 'ours'],
    ['from an origin that hides itself', { origin: 'null' }, 'ours'],
    ['under a name that is not ours', { host: 'evil.example' }, 'ours'],
  ])('does nothing that is asked for %s', async (_, headers, given) => {
    const form = { action: retry, ...(given === null ? {} : { secret: given === 'ours' ? secret : given }) }
    expect((await ask(server.url, '/act', { headers, form })).status).toBe(403)
    expect(acted).toEqual([])
  })

  it.each(['nonsense', 'drop acme all', 'retry acme', 'retry another unit-unknown', ''])(
    'refuses what no button says: %s',
    async (action) => {
      expect((await ask(server.url, '/act', { form: { secret, action } })).status).toBe(400)
      expect(acted).toEqual([])
    },
  )

  it('never acts on a GET', async () => {
    expect((await ask(server.url, `/act?secret=${secret}&action=${encodeURIComponent(retry)}`)).status).toBe(
      404,
    )
    expect(acted).toEqual([])
  })

  it('does what a button says, once, and says so on the page that follows and on no other', async () => {
    const own = { origin: server.url, 'sec-fetch-site': 'same-origin' }
    const { status, headers } = await ask(server.url, '/act', {
      headers: own,
      form: { secret, action: retry },
    })
    expect(status).toBe(303)
    expect(acted).toEqual([{ do: 'retry', connection: 'acme', of: 'unit-unknown' }])
    const { body } = await ask(server.url, String(headers['location']))
    expect(body).toContain('Did retry.')
    expect(body).toContain('href="http://localhost:8233/run"')
    expect((await ask(server.url, '/')).body).not.toContain('Did retry.')
    expect(acted).toHaveLength(1)
  })

  it('answers only to the names of this machine', async () => {
    expect((await ask(server.url, '/', { headers: { host: 'evil.example:8091' } })).status).toBe(403)
    expect((await ask(server.url, '/', { headers: { host: 'localhost:1' } })).status).toBe(200)
  })
})

describe('a mapping on the live page', () => {
  const { server: starting, edited } = pageServer({})
  const address = '/mapping?connection=acme&of=output%2Fshop'
  let server: PageServer
  let form: Record<string, string>
  beforeAll(async () => {
    server = await starting
    const secret = secretOf((await ask(server.url, address)).body)
    form = { secret, connection: 'acme', of: 'output/shop', mark: 'as-seen', reason: '' }
  })
  afterAll(() => server.close())

  const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    ask(server.url, '/mapping', { headers, form: { ...form, ...fields } })

  it('is found from the morning page’s connections, and says what others wrote as text', async () => {
    const { status, headers, body } = await ask(server.url, address)
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(body).toContain('Accept: media from back')
    expect(body).toContain('Leave out: back')
    expect(body).toContain('Raise the version to 4')
    expect(body).not.toContain(hostile)
    expect(body).not.toContain('<script')
  })

  it.each([
    'connection=acme&of=icecat',
    'connection=globex&of=output%2Fshop',
    'connection=acme',
    'of=../../etc/passwd',
  ])('is one that the configuration names, or none: %s', async (query) =>
    expect((await ask(server.url, `/mapping?${query}`)).status).toBe(404),
  )

  it.each([
    ['without the secret of a page of ours', {}, { secret: '' }],
    ['with another secret', {}, { secret: 'another' }],
    ['from a page elsewhere', { 'sec-fetch-site': 'cross-site' }, {}],
    ['from another origin', { origin: 'http://evil.example' }, {}],
    ['under a name that is not ours', { host: 'evil.example' }, {}],
  ])('is not changed by what is asked for %s', async (_, headers, fields) => {
    const own = { ...form, ...fields }
    for (const [path, more] of [
      ['/mapping', { do: 'accept one' }],
      ['/mapping/preview', { id: 'LAMP-1' }],
    ] as const)
      expect((await ask(server.url, path, { headers, form: { ...own, ...more } })).status).toBe(403)
    expect(edited).toEqual([])
  })

  it.each([
    { do: 'write anything' },
    { do: 'accept' },
    { do: '' },
    { do: 'accept one', of: 'output/other' },
    { do: 'accept one', connection: 'globex' },
  ])('is not changed by what no button says: %o', async (fields) => {
    expect((await post(fields)).status).toBe(400)
    expect(edited).toEqual([])
  })

  it('is not changed when its file was changed meanwhile, or the suggestion is gone; both are said, and what was written is kept', async () => {
    const stale = await post({ do: 'accept one', mark: 'before', reason: 'ours' })
    expect(stale.status).toBe(409)
    expect(stale.body).toMatch(/role="alert">shop.yaml has changed. Nothing was written/)
    expect(stale.body).toContain('Accept: media from back')
    const gone = await post({ do: 'accept another' })
    expect(gone.status).toBe(404)
    expect(gone.body).toContain('proposed no longer')
    expect(edited).toEqual([])
  })

  it('is changed by a button, once, and the page that follows says so', async () => {
    const { status, headers } = await post({ do: 'accept one' }, { origin: server.url })
    expect(status).toBe(303)
    expect(edited).toEqual([
      [{ connection: 'acme', output: 'shop' }, 'as-seen', { do: 'accept', suggestion: 'one' }],
    ])
    expect((await ask(server.url, String(headers['location']))).body).toContain('It is in the file.')
    await post({ do: 'ignore back', reason: 'not ours' })
    await post({ do: 'raise' })
    expect(edited.slice(1).map(([, , edit]) => edit)).toEqual([
      { do: 'ignore', what: 'back', reason: 'not ours' },
      { do: 'raise' },
    ])
  })

  it.each([
    ['compare', 'Compared.'],
    ['apply', 'Applied.'],
  ])('can %s', async (what, text) => {
    const { headers } = await post({ do: what })
    expect((await ask(server.url, String(headers['location']))).body).toContain(text)
  })

  it('is tried on a product', async () => {
    const { status, body } = await ask(server.url, '/mapping/preview', { form: { ...form, id: 'LAMP-1' } })
    expect(status).toBe(200)
    expect(body).toContain('LAMP-1 is no stored product')
    expect((await ask(server.url, '/mapping/preview', { form: { ...form, id: ' ' } })).status).toBe(400)
  })
})

describe('the live page with a token', () => {
  const { server: starting, acted } = pageServer({ token, names: ['pim.example.com'] })
  let server: PageServer
  beforeAll(async () => {
    server = await starting
  })
  afterAll(() => server.close())

  it('shows nothing before the token was shown', async () => {
    const { status, body } = await ask(server.url, '/')
    expect(status).toBe(401)
    expect(body).toContain('type="password"')
    expect(body).not.toContain('name="secret"')
    expect((await ask(server.url, '/act', { form: { action: retry } })).status).toBe(401)
    expect((await ask(server.url, '/explain?id=LAMP-2')).status).toBe(401)
    expect((await ask(server.url, '/mapping?connection=acme&of=output%2Fshop')).status).toBe(401)
    expect((await ask(server.url, '/mapping', { form: { do: 'accept one' } })).status).toBe(401)
    expect(acted).toEqual([])
  })

  it('keeps who has shown it, by a cookie that no script and no other site has the use of', async () => {
    expect((await ask(server.url, '/login', { form: { token: 'wrong' } })).status).toBe(401)
    const { status, headers } = await ask(server.url, '/login', { form: { token } })
    expect(status).toBe(303)
    const [cookie = ''] = headers['set-cookie'] ?? []
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Path=\/$/)
    expect(cookie).not.toContain(token)
    const kept = { cookie: cookie.split(';')[0] ?? '' }
    expect((await ask(server.url, '/', { headers: kept })).status).toBe(200)
    expect((await ask(server.url, '/', { headers: { cookie: 'pimflow=guessed' } })).status).toBe(401)
  })

  it.each([
    ['pim.example.com', 200],
    ['192.0.2.7:8091', 200],
    ['evil.example', 403],
  ])('called %s answers %d to a program that shows the token', async (host, status) => {
    const headers = { host, authorization: `Bearer ${token}` }
    expect((await ask(server.url, '/', { headers })).status).toBe(status)
  })
})
