import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Action } from '../../client/report/controls.ts'
import type { Morning } from '../../client/report/morning.ts'
import { type PageServer, startPageServer } from '../../client/serve/server.ts'
import { ask, secretOf } from './ask-page.ts'

const token = 'a-token-of-more-than-16-characters'
const hostile = `"><script>x()</script>`

/** A page with nothing on it, and what it was asked to do. */
function pageServer(options: { token?: string; names?: string[] }) {
  const acted: Action[] = []
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
  })
  return { server, acted }
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
