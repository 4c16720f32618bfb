import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttp } from '../../connectors/http.ts'

const mebibyte = Buffer.alloc(1024 * 1024, 0x20)

function* endless(): Generator<Buffer> {
  for (;;) yield mebibyte
}

const answers: Record<string, (response: ServerResponse) => void> = {
  '/endless': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    Readable.from(endless()).pipe(response)
  },
  // A thousand times smaller on the wire.
  '/packed': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    Readable.from(endless()).pipe(createGzip()).pipe(response)
  },
  '/one-line': (response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.akeneo.collection+json' })
    response.write('{"line":1,"code":"')
    for (let written = 0; written < 100; written++) response.write(mebibyte)
    response.end('","status_code":204}')
  },
  '/headers': (response) => {
    const { socket } = response
    if (!socket) return
    const line = `x-more: ${'x'.repeat(1000)}\r\n`
    socket.write('HTTP/1.1 200 OK\r\n')
    Readable.from(
      (function* () {
        for (;;) yield line
      })(),
    ).pipe(socket)
  },
  // A letter from time to time: always alive, never done.
  '/drop-by-drop': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  },
}

describe('an answer without end', () => {
  let server: Server
  let root: string
  let open = 0
  beforeAll(async () => {
    server = createServer((request, response) => {
      open += 1
      response.on('close', () => (open -= 1))
      response.on('error', () => undefined)
      answers[request.url ?? '']?.(response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const maxBodyBytes = 8 * 1024 * 1024
  const get = (path: string, partial: boolean, timeoutMs = 20_000) =>
    createHttp({ caller: { service: 'akeneo', connection: 'acme' }, timeoutMs, maxBodyBytes }).send({
      method: 'GET',
      url: new URL(`${root}${path}`),
      asked: `the answer ${path}`,
      partial,
    })

  describe.each([
    ['taken whole', false],
    ['taken as far as it comes', true],
  ])('%s', (_how, partial) => {
    it.each([
      ['/endless', 'answer-too-large'],
      ['/packed', 'answer-too-large'],
      ['/one-line', 'answer-too-large'],
      ['/headers', 'unreachable'],
    ])('%s is given up: %s', async (path, code) => {
      const before = process.memoryUsage().rss
      await expect(get(path, partial)).rejects.toMatchObject({ name: 'TransientError', code })
      // Some pieces that are on their way, and the collector's leisure.
      expect(process.memoryUsage().rss - before).toBeLessThan(16 * maxBodyBytes)
    })
  })

  it('that comes drop by drop is given up after its time', async () => {
    await expect(get('/drop-by-drop', false, 300)).rejects.toMatchObject({ code: 'timeout' })
  })

  it('leaves no connection behind', async () => {
    await expect.poll(() => open, { timeout: 10_000 }).toBe(0)
  })
})
