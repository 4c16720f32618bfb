import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckReport } from '../../domain/check-report.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { FULL_API_TOKEN, startIcecat } from '../../simulator/icecat/index.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { nowhere, project, type ProjectOptions } from './harness.ts'

let akeneo: AkeneoSimulator
let database: FreshDatabase

beforeAll(async () => {
  akeneo = await startAkeneo({ catalog: 'examples/catalog' })
  database = await freshDatabase()
})
afterAll(async () => {
  await akeneo.close()
  await database.drop()
})

async function check(options: ProjectOptions = {}) {
  const at = await project({
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    ...options,
  })
  const { code, value } = await at.json('check')
  const text = await at.run('check')
  await at.remove()
  const { connections, temporal } = value as { connections: CheckReport[]; temporal: CheckReport['lines'] }
  const lines = [...temporal, ...(connections[0]?.lines ?? [])]
  const failed = lines.filter(({ status }) => status === 'failed')
  return { code, connections, failed, out: text.out }
}

describe('check', () => {
  it('finds that everything holds, and what is left to do', async () => {
    const { code, connections, failed, out } = await check()
    expect(failed).toEqual([])
    expect(connections[0]?.mayPoll).toBe(true)
    expect(out).toMatch(/ok +credentials +Akeneo takes the credentials/)
    expect(out).toContain('Start one: pimflow worker')
    expect(code).toBe(0)
  })

  it('fails for wrong credentials, with what to look at', async () => {
    const wrong = { url: akeneo.url, ...akeneo.credentials, password: 'wrong' }
    const { code, out } = await check({ akeneo: wrong })
    expect(out).toContain('check akeneo.username and akeneo.password')
    expect(code).toBe(1)
  })

  it.each<[string, ProjectOptions]>([
    [
      'Akeneo',
      {
        akeneo: { url: `http://${nowhere}`, clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' },
      },
    ],
    ['the database', { databaseUrl: `postgres://nobody@${nowhere}/none` }],
    ['Temporal', { temporalAddress: nowhere }],
  ])('ends as unreachable when %s is, and still looks at the rest', async (_, options) => {
    const { code, failed } = await check(options)
    expect(failed).toHaveLength(1)
    expect(failed[0]?.remedy).toBeTruthy()
    expect(code).toBe(5)
  })
})

describe('check with an Icecat', () => {
  it('looks at the mapping, the account, the doors and fair use, each with what to do', async () => {
    const icecat = await startIcecat()
    const connection = 'incomplete'
    const at = await project({
      connections: [connection],
      databaseUrl: database.url,
      akeneo: { url: akeneo.url, ...akeneo.credentials },
      sections: {
        icecat: {
          url: icecat.url,
          username: 'full-shop',
          apiToken: '${ICECAT_TOKEN}',
          appKey: '${ICECAT_KEY}',
          subscription: 'full',
          mapping: 'shop.icecat.yaml',
        },
      },
    })
    Object.assign(at.env, { ICECAT_TOKEN: FULL_API_TOKEN, ICECAT_KEY: 'full-app-key' })
    const missing = await at.run('check')
    expect(missing.code).toBe(1)
    expect(missing.out).toMatch(/failed +icecat mapping +.*shop\.icecat\.yaml is not there/)
    expect(missing.out).toContain('pimflow mapping suggest --icecat --write')
    const text = await readFile(
      new URL('../../examples/mapping/northlamp.icecat.yaml', import.meta.url),
      'utf8',
    )
    await writeFile(join(dirname(at.config), 'shop.icecat.yaml'), text.replace('fr_FR: [FR]', 'fr_FR: [XX]'))
    const { out } = await at.run('check')
    expect(out).toMatch(/ok +icecat mapping +shop\.icecat\.yaml is well-formed/)
    expect(out).toMatch(/failed +icecat languages +Icecat has no language XX/)
    expect(out).toMatch(/ok +icecat index +the daily index was made/)
    expect(out).toMatch(/ok +icecat sheets/)
    expect(out).toMatch(/ok +icecat fair use +0 of 1000000 sheets/)
    expect(out).not.toContain(FULL_API_TOKEN)

    // Products that were read before the filter went by completeness have none.
    const { sql } = database
    await sql`
      insert into source_record (connection, stream, key, ticket, hash, source)
      select ${connection}, 'products', key, 1, key::bytea, source
      from (values ('a', '{"completenesses":[]}'::jsonb), ('b', '{}')) as read (key, source)`
    const filter = 'products: { complete: { below: 80, channel: ecommerce } }'
    await writeFile(join(dirname(at.config), 'shop.icecat.yaml'), text.replace(/^products:.*$/m, filter))
    const before = await at.run('check')
    expect(before.out).toMatch(/warning +icecat completeness +1 of 2 stored products/)
    expect(before.out).toContain('pimflow sync products --full')
    await sql`delete from source_record where connection = ${connection} and key = 'b'`
    expect((await at.run('check')).out).toMatch(/ok +icecat completeness/)
    await at.remove()
    await icecat.close()
  })
})

describe('check --write-tests', () => {
  it('asks before it writes, then reports each test and what stays', async () => {
    const at = await project({
      databaseUrl: database.url,
      akeneo: { url: akeneo.url, ...akeneo.credentials },
    })
    const asked = await at.run('check', '--write-tests', 'NL-DL9-B')
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('To go on: --yes') as string })
    expect(akeneo.requests().some(({ method }) => method === 'PATCH')).toBe(false)
    const { code, out } = await at.run('check', '--write-tests', 'NL-DL9-B', '--yes')
    expect(code).toBe(0)
    expect(out).toMatch(/^Writes into NL-DL9-B\n {2}ok +token grant/)
    expect(out).toMatch(/ok +restored[^]*What stays:\n[^]*stays in Akeneo's store[^]*its updated is/)
    const { value } = await at.json('check', '--write-tests', 'NL-DL9-B', '--yes')
    expect(value).toMatchObject({ product: 'NL-DL9-B', isRestored: true })
    await at.remove()
  })
})
