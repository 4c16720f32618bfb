import type * as dnsModule from 'node:dns'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { guardedLookup, isReachable, type Reach } from '../../connectors/addresses.ts'
import { createHttp } from '../../connectors/http.ts'
import { openDownload } from '../../connectors/icecat/download.ts'

/** What the name server answers: whoever owns a name decides, and may decide anew with every question. */
const names = vi.hoisted(() => new Map<string, string>())
vi.mock('node:dns', async (original) => {
  const dns = await original<typeof dnsModule>()
  type Callback = (error: Error | null, found: { address: string; family: number }[]) => void
  return {
    ...dns,
    lookup: (name: string, options: object, callback: Callback) => {
      const address = names.get(name)
      if (address === undefined) dns.lookup(name, { ...options, all: true }, callback)
      else callback(null, [{ address, family: address.includes(':') ? 6 : 4 }])
    },
  }
})

describe('an address', () => {
  it.each([
    ['93.184.216.34', true, true],
    ['2606:2800:220:1:248:1893:25c8:1946', true, true],
    ['64:ff9b::5db8:d822', true, true],
    ['10.0.0.5', false, true],
    ['172.16.3.1', false, true],
    ['192.168.1.1', false, true],
    ['100.64.0.1', false, true],
    ['127.0.0.1', false, true],
    ['::1', false, true],
    ['fd00:ec2::254', false, true],
    ['::ffff:10.0.0.5', false, true],
    ['64:ff9b::a00:5', false, true],
    ['169.254.169.254', false, false],
    ['::ffff:169.254.169.254', false, false],
    ['fe80::1%eth0', false, false],
    ['0.0.0.0', false, false],
    ['::', false, false],
    ['224.0.0.1', false, false],
    ['255.255.255.255', false, false],
  ])('%s is for the public: %s, for servers of one’s own: %s', (address, forPublic, forAny) => {
    expect([isReachable(address, 'public'), isReachable(address, 'any')]).toEqual([forPublic, forAny])
  })
})

describe('a name', () => {
  let server: Server
  let port: number
  const asked: string[] = []
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => server.close())

  const get = (host: string, reach: Reach) =>
    createHttp({ caller: { service: 'icecat', connection: 'acme' }, timeoutMs: 5000, reach }).send({
      method: 'GET',
      url: new URL(`http://${host}:${port}/secret`),
      asked: 'a file',
    })

  it('of the public that leads to this machine is not called', async () => {
    names.set('images.icecat.biz', '127.0.0.1')
    asked.length = 0
    await expect(get('images.icecat.biz', 'public')).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'forbidden-address',
      came: expect.stringContaining('leads to 127.0.0.1') as string,
    })
    await expect(
      openDownload({
        url: new URL(`http://images.icecat.biz:${port}/secret`),
        headers: {},
        asked: 'a picture',
        idleMs: 5000,
        gzip: false,
      }),
    ).rejects.toMatchObject({ code: 'forbidden-address' })
    expect(asked).toEqual([])
  })

  it('of a server of one’s own may lead into one’s own network, and never to the metadata of a cloud', async () => {
    names.set('akeneo.internal', '127.0.0.1')
    expect((await get('akeneo.internal', 'any')).status).toBe(200)
    names.set('akeneo.elsewhere', '169.254.169.254')
    await expect(get('akeneo.elsewhere', 'any')).rejects.toMatchObject({ code: 'forbidden-address' })
  })

  it('that says it is this machine is this machine', async () => {
    expect((await get('localhost', 'public')).status).toBe(200)
  })

  it('is answered in the form that was asked for', async () => {
    const answers = await Promise.all(
      [true, false].map(
        (all) =>
          new Promise((resolve) => {
            guardedLookup('any')('akeneo.internal', { all }, (...answer) => resolve(answer))
          }),
      ),
    )
    expect(answers).toEqual([
      [null, [{ address: '127.0.0.1', family: 4 }]],
      [null, '127.0.0.1', 4],
    ])
  })
})
