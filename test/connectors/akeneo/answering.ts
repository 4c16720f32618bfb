import { afterAll, afterEach, beforeAll } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { type Answer, clientOf, connectionTo, once, type StandIn, standIn } from './helpers.ts'

/** For the tests of one file: Akeneos that answer as a test says, each closed after it, and clients of them on one database. */
export function answering() {
  let database: FreshDatabase
  let connections = 0
  const open: StandIn[] = []
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((akeneo) => akeneo.close()))
  })
  afterAll(() => database.drop())

  /** A client of a connection of its own, so that tests do not wait for each other's lanes. */
  function clientTo(url: string, settings: Record<string, unknown> = {}) {
    connections++
    return clientOf(
      database.sql,
      connectionTo(url, { name: `connection-${connections}`, productIdFormat: 'uuid', ...settings }),
    )
  }

  return {
    clientTo,
    sql: () => database.sql,
    answers: async (answer: Answer): Promise<StandIn> => {
      const akeneo = await standIn(answer)
      open.push(akeneo)
      return akeneo
    },
    readFamilies: (url: string, settings: Record<string, unknown> = {}) =>
      once(clientTo(url, settings), (calls) => calls.readPage('families', { cursor: null })),
  }
}

export const page = (items: unknown[], next?: string) => ({
  _links: { self: { href: 'x' }, ...(next === undefined ? {} : { next: { href: next } }) },
  _embedded: { items },
})
