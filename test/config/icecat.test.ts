import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, connectionConfig, loadConfig, loadIcecatMappings } from '../../config.ts'
import { schedulesOf } from '../../client/support/schedules.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-icecat-'))
})
afterAll(() => rm(folder, { recursive: true }))

const akeneo = { url: 'http://localhost', clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' }
const account = {
  username: 'shop',
  apiToken: 'canary-token',
  subscription: 'full',
  mapping: 'acme.icecat.yaml',
}

const refusals = (settings: Record<string, unknown>) => {
  try {
    connectionConfig({ name: 'acme', akeneo, icecat: { ...account, ...settings } })
  } catch (error) {
    return (error as { issues: { path: string[]; message: string }[] }).issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    )
  }
  return []
}

describe('the section icecat', () => {
  it('has a default for all but the account and the mapping, and is not shown with its secrets', () => {
    const { icecat } = connectionConfig({ name: 'acme', akeneo, icecat: account })
    expect(icecat).toMatchObject({
      door: 'json',
      throttle: { concurrency: 2, perSecond: 3 },
      fairUse: { sheetsPerMonth: 1_000_000, slowAt: 0.8, stopAt: 1 },
      requests: { firstDelayDays: 1, longestDelayDays: 30, giveUpAfterDays: 365 },
    })
    expect(inspect(icecat, { depth: 9 }) + JSON.stringify(icecat)).not.toContain('canary')
  })

  it.each([
    [{ apiToken: undefined }, 'icecat.apiToken: is missing: Icecat needs it, or a password, for its index'],
    [{ subscription: 'gold' }, 'icecat.subscription: must be open or full'],
    [{ fairUse: { slowAt: '90%', stopAt: '80%' } }, 'icecat.fairUse.slowAt: must not be above stopAt'],
    [{ url: 'http://icecat.test' }, 'icecat.url: must begin with https://'],
    [{ apitoken: 'x' }, 'icecat: there is no setting apitoken; did you mean apiToken?'],
  ])('refuses %j', (settings, refusal) => {
    expect(refusals(settings).join('\n')).toContain(refusal)
  })

  it('gives one pace to one account, whoever uses it', async () => {
    const file = join(folder, 'two.yaml')
    const connection = (name: string, perSecond: number) => `  - name: ${name}
    akeneo: { url: "https://${name}.test", clientId: "\${X}", clientSecret: "\${X}", username: "\${X}", password: "\${X}" }
    icecat: { username: shop, apiToken: "\${X}", subscription: open, mapping: a.yaml, throttle: { perSecond: ${perSecond} } }
`
    await writeFile(file, `version: 1\nconnections:\n${connection('acme', 3)}${connection('other', 4)}`)
    const env = {
      X: 'x',
      DATABASE_URL: 'postgres://db/pimflow',
      PIMFLOW_TOKEN_KEY: Buffer.alloc(32).toString('base64'),
    }
    await expect(loadConfig(file, env)).rejects.toThrow(
      /icecat\.throttle\.perSecond must be the same for all connections of one Icecat account: acme says 3/,
    )
  })

  it('is what schedules of enrichment are made by', () => {
    const names = (icecat?: Record<string, unknown>) =>
      schedulesOf(connectionConfig({ name: 'acme', akeneo, ...(icecat ? { icecat } : {}) })).map(
        ({ name }) => name,
      )
    expect(names()).not.toContain('enrich')
    expect(names(account)).toEqual(expect.arrayContaining(['enrich', 'requests']))
  })
})

describe('the mapping file from Icecat', () => {
  const load = (mapping: string) =>
    loadIcecatMappings(
      { connections: [connectionConfig({ name: 'acme', akeneo, icecat: { ...account, mapping } })] },
      join(folder, 'pimflow.config.yaml'),
    )
  const problems = async (mapping: string) => {
    const failure = await load(mapping).catch((error: unknown) => error)
    if (!(failure instanceof ConfigError)) throw new Error('it was taken')
    return failure.problems
  }

  it('is read, and names itself without its ending', async () => {
    const text =
      'version: 3\nmatch: [{ gtin: [ean] }]\nlanguages: { en_US: [EN] }\nneutral: EN\nchannels: [shop]\nattributes: { name: title }\n'
    await writeFile(join(folder, 'acme.icecat.yaml'), text)
    const [found] = await load('acme.icecat.yaml')
    expect(found).toMatchObject({
      connection: 'acme',
      file: { text },
      mapping: { name: 'acme.icecat', version: 3 },
    })
  })

  it('is one for the environments of a project, whose Akeneo, account and database differ', async () => {
    const base = join(folder, 'project.yaml')
    await writeFile(
      base,
      `version: 1
connections:
  - name: acme
    akeneo: { url: "https://dev.acme.test", clientId: "\${X}", clientSecret: "\${X}", username: "\${X}", password: "\${X}" }
    icecat: { username: dev-shop, apiToken: "\${X}", subscription: open, mapping: project.icecat.yaml }
`,
    )
    await writeFile(
      join(folder, 'project.prod.yaml'),
      `connections:
  - name: acme
    akeneo: { url: "https://acme.test" }
    icecat: { username: shop, subscription: full }
`,
    )
    await writeFile(
      join(folder, 'project.icecat.yaml'),
      'version: 1\nmatch: [{ gtin: [ean] }]\nlanguages: { en_US: [EN] }\nneutral: EN\nchannels: [shop]\nattributes: { name: title }\n',
    )
    const env = { X: 'x', PIMFLOW_TOKEN_KEY: Buffer.alloc(32).toString('base64') }
    const dev = await loadConfig(base, { ...env, DATABASE_URL: 'postgres://db/dev' })
    const prod = await loadConfig(base, {
      ...env,
      DATABASE_URL: 'postgres://db/prod',
      PIMFLOW_ENVIRONMENT: 'prod',
    })
    expect(await loadIcecatMappings(prod, base)).toEqual(await loadIcecatMappings(dev, base))
    const differing = [dev, prod].map(({ database, connections: [connection] }) => [
      database.url,
      connection?.akeneo.url,
      connection?.icecat?.username,
      connection?.icecat?.subscription,
    ])
    expect(differing).toEqual([
      ['postgres://db/dev', 'https://dev.acme.test', 'dev-shop', 'open'],
      ['postgres://db/prod', 'https://acme.test', 'shop', 'full'],
    ])
  })

  it('that is missing or wrong is told with its line', async () => {
    await writeFile(join(folder, 'wrong.yaml'), 'version: 1\nmatch: [{ gtin: [ean] }]\nattributs: {}\n')
    expect((await problems('none.yaml'))[0]).toMatchObject({ line: null })
    expect((await problems('wrong.yaml')).map(({ line, path }) => `${line} ${path}`)).toContain('3 attributs')
  })
})
