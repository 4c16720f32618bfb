import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLook } from '../../../connectors/delivery/conformance/look.ts'

/** What a look at `/records/<id>` gives where the destination answers so. */
async function looked(status: number, body: string) {
  const paths: (string | undefined)[] = []
  const server = createServer((request, response) => {
    paths.push(request.url)
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/records//`
  const look = createLook(url, { timeoutMs: 5000, signal: AbortSignal.timeout(10_000) })
  return { found: await look('id-1'), paths }
}

describe('a look at what stands at a destination', () => {
  it('is what it says of one record, under its own address', async () => {
    const standing = { version: 3, active: true, writes: 1 }
    expect(await looked(200, JSON.stringify(standing))).toEqual({ found: standing, paths: ['/records/id-1'] })
    expect((await looked(200, '{"version":1,"active":false}')).found).toEqual({ version: 1, active: false })
  })

  it('is nothing where it knows no such record', async () => {
    expect((await looked(404, '')).found).toBeNull()
  })

  it.each(['', 'no JSON', '[]', '{"version":"3","active":true}'])(
    'asks for the right form after %j',
    async (body) => {
      await expect(looked(200, body)).rejects.toMatchObject({
        name: 'ContractError',
        message: expect.stringContaining('docs/destination.md') as string,
      })
    },
  )

  it('passes on that the destination is in trouble, or refuses', async () => {
    await expect(looked(503, '')).rejects.toMatchObject({ name: 'TransientError' })
    await expect(looked(403, '')).rejects.toMatchObject({ name: 'RefusedError' })
  })
})
