import { describe, expect, it } from 'vitest'
import { answering, page } from './answering.ts'
import { failureOf, json, once } from './helpers.ts'

const { answers, clientTo } = answering()

describe('a call', () => {
  it.each([
    ['slashes/stay', '/slashes/stay'],
    ['a b', '/a%20b'],
    ['é+%?#', '/%C3%A9%2B%25%3F%23'],
    ['..a/.b', '/..a/.b'],
  ])('puts the code %s into its path as Akeneo reads it', async (code, path) => {
    const akeneo = await answers((_request, response) =>
      json(response, 404, { code: 404, message: 'Family does not exist.' }),
    )
    const { item } = await once(clientTo(akeneo.url), (calls) => calls.readOne('families', code))
    expect(item).toBeNull()
    expect(akeneo.asked).toEqual([`GET /api/rest/v1/families${path}`])
  })

  it('is not made for a code that would lead to another record', async () => {
    const akeneo = await answers((_request, response) => json(response, 200, {}))
    const failure = await failureOf(
      once(clientTo(akeneo.url), (calls) => calls.readOne('families', 'a/../b')),
    )
    expect(failure).toMatchObject({ code: 'no-address' })
    expect(akeneo.asked).toEqual([])
  })

  it('tells a record that is not there from an address that is not there', async () => {
    const akeneo = await answers((_request, response) =>
      json(response, 404, { code: 404, message: 'No route found for "GET http://x"' }),
    )
    const failure = await failureOf(once(clientTo(akeneo.url), (calls) => calls.readOne('families', 'any')))
    expect(failure).toMatchObject({ code: 'no-such-route' })
  })

  it('that is under way when the work is cancelled is let to its end, but no other begins', async () => {
    const controller = new AbortController()
    const akeneo = await answers((_request, response) => {
      controller.abort()
      json(response, 200, page([]))
    })
    const ended = { first: false }
    const work = clientTo(akeneo.url).inLane('bulk', controller.signal, async (calls) => {
      await calls.readPage('families', { cursor: null })
      ended.first = true
      await calls.readPage('families', { cursor: null })
    })
    await failureOf(work)
    expect(ended.first).toBe(true)
    expect(akeneo.asked).toHaveLength(1)
  })

  it('follows the one before it in its lane, also when both were asked for at once', async () => {
    const inside = { now: 0, most: 0 }
    const akeneo = await answers((_request, response) => {
      inside.most = Math.max(inside.most, ++inside.now)
      setTimeout(() => {
        inside.now--
        json(response, 200, page([]))
      }, 50)
    })
    await once(clientTo(akeneo.url), (calls) =>
      Promise.all([1, 2, 3].map(() => calls.readPage('families', { cursor: null }))),
    )
    expect(inside.most).toBe(1)
  })
})
