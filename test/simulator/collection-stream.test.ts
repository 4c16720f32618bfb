import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { COLLECTION, items, withAkeneo, type Api } from './api.ts'

/** A collection PATCH that stays open: lines are written and answers read while it lasts. */
async function open(api: Api, path: string) {
  const call = request(`${api.simulator.url}/api/rest/v1${path}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${await api.token()}`, 'content-type': COLLECTION },
  })
  const response = new Promise<AsyncIterator<string>>((resolve, reject) => {
    call.once('error', reject)
    call.once('response', (message) => {
      message.setEncoding('utf8')
      resolve(message[Symbol.asyncIterator]() as AsyncIterator<string>)
    })
  })
  return {
    write: (line: object) => call.write(`${JSON.stringify(line)}\n`),
    end: () => call.end(),
    async read(): Promise<unknown> {
      const come = await (await response).next()
      return come.done === true ? undefined : (JSON.parse(come.value.trim()) as unknown)
    },
  }
}

describe('a collection that arrives slowly', () => {
  it('is answered line by line while it still arrives', async () => {
    await withAkeneo({}, async (api) => {
      const call = await open(api, '/categories')
      call.write({ code: 'first' })
      expect(await call.read()).toEqual({ line: 1, code: 'first', status_code: 201 })
      expect(items(await api.get('/categories')).map(({ code }) => code)).toEqual(['first'])
      call.write({ code: 'second', parent: 'first' })
      expect(await call.read()).toEqual({ line: 2, code: 'second', status_code: 201 })
      call.end()
      expect(await call.read()).toBeUndefined()
    })
  })

  it('ends at the line that is one too many', async () => {
    await withAkeneo({}, async (api) => {
      const call = await open(api, '/categories')
      for (let line = 1; line <= 101; line++) {
        call.write({ code: `c${line}` })
        expect(await call.read()).toMatchObject({ line, status_code: line === 101 ? 413 : 201 })
      }
      expect(await call.read()).toBeUndefined()
      call.end()
    })
  })
})

it.each([true, false])(
  'the log of requests has the lines of collections where asked: %s',
  async (logLines) => {
    await withAkeneo({ logLines }, async (api) => {
      const lines = [JSON.stringify({ code: 'first' }), 'no JSON']
      await api.patchLines('/categories', lines)
      const [logged] = api.simulator.requests().filter(({ method }) => method === 'PATCH')
      expect(logged).toMatchObject({ path: '/api/rest/v1/categories', status: 200 })
      expect(logged?.lines).toEqual(logLines ? lines : undefined)
    })
  },
)
