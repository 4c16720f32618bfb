import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RefusedError } from '../../../connectors/errors.ts'
import { openDatabase } from '../../../connectors/hub/database.ts'
import {
  createTokenStore,
  generateTokenKey,
  type Grant,
  loginRefusalOf,
} from '../../../connectors/hub/tokens.ts'
import { startAkeneo } from '../../../simulator/akeneo/index.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clientOf, connectionTo, failureOf, once } from './helpers.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

/** Counts its grants; each takes a while, so that others come meanwhile. */
function countingGrant(settings: { expiresInSeconds?: number } = {}) {
  const asked: (string | null)[] = []
  const grant: Grant = async (refreshToken) => {
    asked.push(refreshToken)
    await sleep(50)
    const n = asked.length
    return { accessToken: `access-${n}`, refreshToken: `refresh-${n}`, expiresInSeconds: 3600, ...settings }
  }
  return { asked, grant }
}

/** The database's clock is the one that counts for tokens. */
const timePasses = (seconds: number) =>
  database.sql`update akeneo_token set renew_at = renew_at - make_interval(secs => ${seconds})`

describe('the token store', () => {
  it('makes one grant for 20 callers whose token was revoked, whatever process they are in', async () => {
    const key = generateTokenKey()
    const pools = Array.from({ length: 4 }, () => openDatabase(database.url, { max: 5, prepare: false }))
    const stores = pools.map((sql) => createTokenStore(sql, [key]))
    const { asked, grant } = countingGrant()
    const first = await Promise.all(stores.map((store) => store.token('acme', grant)))
    expect(asked).toEqual([null])
    const refused = first[0]?.version
    const callers = [1, 2, 3, 4, 5].flatMap(() => stores.map((store) => store.token('acme', grant, refused)))
    const tokens = await Promise.all(callers)
    expect(asked).toEqual([null, 'refresh-1'])
    expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['access-2']))
    await Promise.all(pools.map((sql) => sql.end()))
  })

  it('remembers a token beyond the process, until shortly before it expires', async () => {
    const key = generateTokenKey()
    const { asked, grant } = countingGrant({ expiresInSeconds: 600 })
    await createTokenStore(database.sql, [key]).token('acme', grant)
    await createTokenStore(database.sql, [key]).token('acme', grant)
    expect(asked).toHaveLength(1)
    const [row] = await database.sql<{ left: number }[]>`
      select extract(epoch from renew_at - clock_timestamp())::float8 as left from akeneo_token`
    expect(row?.left).toBeLessThanOrEqual(570)
    expect(row?.left).toBeGreaterThan(500)
    await timePasses(600)
    await createTokenStore(database.sql, [key]).token('acme', grant)
    expect(asked).toEqual([null, 'refresh-1'])
  })

  it('keeps connections apart: a row copied to another one is no token', async () => {
    const key = generateTokenKey()
    const { asked, grant } = countingGrant()
    await createTokenStore(database.sql, [key]).token('acme', grant)
    await database.sql`insert into akeneo_token select 'beta', version, key_id, nonce, sealed, renew_at from akeneo_token`
    await createTokenStore(database.sql, [key]).token('beta', grant)
    expect(asked).toEqual([null, null])
  })

  it('opens with a previous key and locks with the first one, so that keys can be changed', async () => {
    const [old, young] = [generateTokenKey(), generateTokenKey()]
    const { asked, grant } = countingGrant()
    const { version } = await createTokenStore(database.sql, [old]).token('acme', grant)
    const rotated = createTokenStore(database.sql, [young, old])
    expect(await rotated.token('acme', grant)).toMatchObject({ accessToken: 'access-1' })
    await rotated.token('acme', grant, version)
    expect(await createTokenStore(database.sql, [young]).token('acme', grant)).toMatchObject({
      accessToken: 'access-2',
    })
    expect(asked).toEqual([null, 'refresh-1'])
  })

  it.each([
    ['a key that nobody has any more', () => [generateTokenKey()]],
    ['a row that was tampered with', null],
  ])('takes %s for no token and asks anew', async (_case, otherKeys) => {
    const key = generateTokenKey()
    const { asked, grant } = countingGrant()
    await createTokenStore(database.sql, [key]).token('acme', grant)
    if (!otherKeys)
      await database.sql`update akeneo_token set sealed = set_byte(sealed, 3, 255 - get_byte(sealed, 3))`
    await createTokenStore(database.sql, otherKeys?.() ?? [key]).token('acme', grant)
    expect(asked).toEqual([null, null])
  })

  it('stores nothing in clear', async () => {
    const { grant } = countingGrant()
    await createTokenStore(database.sql, [generateTokenKey()]).token('acme', grant)
    const [row] = await database.sql<{ sealed: Buffer }[]>`select sealed from akeneo_token`
    expect(row?.sealed.toString('latin1')).not.toMatch(/access|refresh/)
  })

  it('leaves the stored token in place when a grant fails', async () => {
    const key = generateTokenKey()
    const { asked, grant } = countingGrant()
    const store = createTokenStore(database.sql, [key])
    const { version } = await store.token('acme', grant)
    await failureOf(store.token('acme', () => Promise.reject(new Error('no answer')), version))
    await store.token('acme', grant, version)
    expect(asked).toEqual([null, 'refresh-1'])
  })
})

describe('a login that Akeneo refuses', () => {
  const key = generateTokenKey()
  const refusal = new RefusedError({
    code: 'user-refused',
    asked: 'POST /token of acme',
    came: '422 "No user found"',
    remedy: 'Check akeneo.password.',
  })
  /** Of one worker: refuses until it is mended. */
  function refusing() {
    const state = { asked: 0, isMended: false }
    const grant: Grant = () => {
      state.asked++
      return state.isMended
        ? Promise.resolve({ accessToken: 'access', refreshToken: 'refresh', expiresInSeconds: 3600 })
        : Promise.reject(refusal)
    }
    const store = createTokenStore(database.sql, [key])
    return {
      state,
      ask: () => store.token('acme', grant),
      refused: () => failureOf(store.token('acme', grant)),
    }
  }
  const minutesPass = (minutes: number) =>
    database.sql`update akeneo_token set ask_at = ask_at - make_interval(mins => ${minutes})`

  it('is not asked for again with every call, but after 1, 2, 4, 8 and then each 15 minutes', async () => {
    const { state, refused } = refusing()
    const askedAt: number[] = []
    for (let minute = 0, asked = 0; minute <= 62; minute++) {
      for (let call = 0; call < 3; call++) expect(await refused()).toMatchObject({ code: 'user-refused' })
      if (state.asked > asked) askedAt.push(minute)
      asked = state.asked
      await minutesPass(1)
    }
    expect(askedAt).toEqual([0, 1, 3, 7, 15, 30, 45, 60])
    expect(state.asked).toBe(askedAt.length)
  })

  it('is known to all, says what to do and until when, and is over with the first grant', async () => {
    const one = refusing()
    const other = refusing()
    for (const { refused } of [one, other]) await refused()
    expect(await loginRefusalOf(database.sql, 'acme')).toMatchObject({
      times: 2,
      remedy: 'Check akeneo.password.',
    })
    const message = String(await one.refused())
    expect(message).toMatch(/Check akeneo\.password\.\n.*422 "No user found"; not asked again before 20\S+Z/)
    expect([one.state.asked, other.state.asked]).toEqual([1, 1])
    one.state.isMended = true
    other.state.isMended = true
    await minutesPass(2)
    await one.ask()
    await other.ask()
    expect([one.state.asked, other.state.asked]).toEqual([2, 1])
    expect(await loginRefusalOf(database.sql, 'acme')).toBeNull()
  })

  it('is asked for at once by a process that has not asked yet, and what that is granted is everybody’s', async () => {
    const worker = refusing()
    await worker.refused()
    const check = refusing()
    check.state.isMended = true
    await check.ask()
    expect(await worker.ask()).toMatchObject({ accessToken: 'access' })
    expect([worker.state.asked, check.state.asked]).toEqual([1, 1])
  })

  it('does not wait after what passes by itself', async () => {
    const store = createTokenStore(database.sql, [key])
    let asked = 0
    const fails: Grant = () => {
      asked++
      return Promise.reject(new Error('no answer'))
    }
    for (let call = 0; call < 3; call++) await failureOf(store.token('acme', fails))
    expect(asked).toBe(3)
    expect(await loginRefusalOf(database.sql, 'acme')).toBeNull()
  })
})

describe('logging in', () => {
  it('renews an expired token by its refresh token, which works once', async () => {
    const akeneo = await startAkeneo({ accessTokenSeconds: 600 })
    const key = generateTokenKey().reveal()
    for (let call = 0; call < 3; call++) {
      // A client of its own each: what a process remembers is timed by its own clock.
      const connection = connectionTo(akeneo.url, { credentials: akeneo.credentials })
      await once(clientOf(database.sql, connection, key), (calls) =>
        calls.readPage('channels', { cursor: null }),
      )
      akeneo.clock.advance(600_000)
      await timePasses(600)
    }
    const tokens = akeneo.requests().filter(({ path }) => path.endsWith('/token'))
    expect(tokens.map(({ status }) => status)).toEqual([200, 200, 200])
    await akeneo.close()
  })

  it.each([
    ['clientSecret', 'client-refused', 'akeneo.clientSecret'],
    ['password', 'user-refused', 'akeneo.password'],
  ])('says which setting to look at when the %s is wrong', async (setting, code, remedy) => {
    const akeneo = await startAkeneo()
    const credentials = { ...akeneo.credentials, [setting]: 'canary-wrong' }
    const client = clientOf(database.sql, connectionTo(akeneo.url, { credentials }))
    const failure = await failureOf(once(client, (calls) => calls.readPage('channels', { cursor: null })))
    expect(failure).toBeInstanceOf(RefusedError)
    expect(failure).toMatchObject({ code })
    const { message } = failure as RefusedError
    expect(message).toContain(remedy)
    expect(message).not.toContain('canary')
    await akeneo.close()
  })
})
