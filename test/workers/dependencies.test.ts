import { describe, expect, it, onTestFinished } from 'vitest'
import { connectionConfig, type Config } from '../../config.ts'
import { appliedMappings, appliedOutputs } from '../../connectors/hub/outputs.ts'
import { Secret } from '../../domain/secret.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { freshDatabase } from '../support/database.ts'
import { mappingsOf } from '../support/pipeline.ts'
import { publish, productRecord } from '../support/published.ts'

const akeneo = {
  url: 'http://localhost:1',
  clientId: 'a',
  clientSecret: 'b',
  username: 'c',
  password: 'd',
}
const text = 'version: 1\noutput: ecommerce\nchannel: ecommerce\n'

async function configured(): Promise<{
  config: Config
  database: Awaited<ReturnType<typeof freshDatabase>>
}> {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const outputs = [{ name: 'ecommerce', mapping: 'ecommerce.hub.yaml' }]
  return {
    database,
    config: {
      version: 1,
      tokenKeys: [new Secret(Buffer.alloc(32).toString('base64'))],
      temporal: { taskQueue: 'pimflow' },
      database: { url: database.url, poolSize: 2, prepare: true },
      connections: [connectionConfig({ name: 'acme', akeneo, outputs })],
    },
  }
}

describe('a worker with an output', () => {
  it('applies its mapping at once where the output holds nothing yet', async () => {
    const { config, database } = await configured()
    const deps = await openDependencies(config, mappingsOf('acme', { ecommerce: text }))
    onTestFinished(() => deps.close())
    expect((await appliedMappings(database.sql, 'acme')).get('ecommerce')?.text).toBe(text)
  })

  it('leaves records that the defaults made as they are, until the file was compared with them', async () => {
    const { config, database } = await configured()
    const first = await openDependencies({ ...config, connections: [] })
    await first.close()
    await publish(database.sql, 'acme', [productRecord('A')])
    const deps = await openDependencies(config, mappingsOf('acme', { ecommerce: text }))
    onTestFinished(() => deps.close())
    expect((await appliedMappings(database.sql, 'acme')).get('ecommerce')).toBeNull()
  })

  it('proposes other settings of an output without a file, not again what was refused; the last one to start counts', async () => {
    const { config, database } = await configured()
    const { sql } = database
    const start = async (...locales: string[]) => {
      const chains = Object.fromEntries(locales.map((locale) => [locale, []]))
      const outputs = [{ name: 'shop', channel: 'ecommerce', locales: chains }]
      const deps = await openDependencies({
        ...config,
        connections: [connectionConfig({ name: 'acme', akeneo, outputs })],
      })
      await deps.close()
      const rows = await sql<{ state: string; settings: { locales: object } }[]>`
        select state, settings from mapping_change order by id`
      return rows.map(({ state, settings }) => `${Object.keys(settings.locales).join()} ${state}`)
    }
    expect(await start('en_US', 'de_DE')).toEqual([])
    // The order of locales is part of what they say.
    expect(await start('de_DE', 'en_US')).toEqual(['de_DE,en_US proposed'])
    expect(await start('de_DE', 'en_US')).toEqual(['de_DE,en_US proposed'])
    expect(await start('en_US')).toEqual(['de_DE,en_US superseded', 'en_US proposed'])
    await sql`update mapping_change set state = 'rejected' where state = 'proposed'`
    expect(await start('en_US')).toEqual(['de_DE,en_US superseded', 'en_US rejected'])
    expect(await start('en_US', 'de_DE')).toEqual(['de_DE,en_US superseded', 'en_US rejected'])
    expect((await start('fr_FR')).at(-1)).toBe('fr_FR proposed')
    expect((await start('en_US', 'de_DE')).at(-1)).toBe('fr_FR superseded')
  })

  it('keeps what the configuration says now where a version before kept no settings', async () => {
    const { config, database } = await configured()
    const { sql } = database
    const outputs = [{ name: 'shop', channel: 'ecommerce', currencies: ['EUR'] }]
    const own = { ...config, connections: [connectionConfig({ name: 'acme', akeneo, outputs })] }
    await (await openDependencies(own)).close()
    await sql`update output_mapping set settings = null`
    await (await openDependencies(own)).close()
    expect((await appliedOutputs(sql, 'acme')).get('shop')?.settings?.currencies).toEqual(['EUR'])
    expect(await sql`select from mapping_change`).toHaveLength(0)
  })

  it('goes on to say that it has it', async () => {
    const { config, database } = await configured()
    const { sql } = database
    const deps = await openDependencies(config, mappingsOf('acme', { ecommerce: text }), [], 10)
    onTestFinished(() => deps.close())
    await sql`update output_mapping set named_at = '-infinity'`
    await expect
      .poll(async () => (await appliedOutputs(sql, 'acme')).get('ecommerce')?.isNamed, { timeout: 20_000 })
      .toBe(true)
  })

  it('refuses to begin without the file that the configuration names', async () => {
    const { config } = await configured()
    await expect(openDependencies(config)).rejects.toThrow(/ecommerce\.hub\.yaml/)
  })
})
