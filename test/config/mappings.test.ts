import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, connectionConfig, loadMappings } from '../../config.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const akeneo = { url: 'http://localhost', clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' }
const withOutputs = (...outputs: Record<string, unknown>[]) => ({
  connections: [connectionConfig({ name: 'acme', akeneo, outputs, mapping: { createDefaults: false } })],
})
const write = (name: string, text: string) => writeFile(join(folder, name), text)
const load = (config: ReturnType<typeof withOutputs>) =>
  loadMappings(config, join(folder, 'pimflow.config.yaml'))

describe('mapping files of the configuration', () => {
  it('are read for each output that names one, and name themselves without their ending', async () => {
    await write('shop.hub.yaml', 'version: 4\noutput: shop\nchannel: ecommerce')
    const found = await load(
      withOutputs({ name: 'shop', mapping: 'shop.hub.yaml' }, { name: 'paper', channel: 'print' }),
    )
    expect(found).toMatchObject([
      {
        connection: 'acme',
        output: 'shop',
        path: join(folder, 'shop.hub.yaml'),
        read: {
          mapping: { name: 'shop.hub', version: 4, channel: { text: 'ecommerce' } },
        },
      },
    ])
  })

  it('that are missing, wrong or of another output are all told at once', async () => {
    await write('a.yaml', 'version: 1\noutput: a\nchannel: c\nprodukt: {}')
    await write('b.yaml', 'version: 1\noutput: a\nchannel: c')
    const outputs = ['a', 'b', 'c'].map((name) => ({ name, mapping: `${name}.yaml` }))
    const failure = await load(withOutputs(...outputs)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ConfigError)
    const problems = failure instanceof ConfigError ? failure.problems : []
    expect(problems.map(({ file, line, path }) => [file.slice(folder.length + 1), line, path])).toEqual([
      ['a.yaml', 4, 'produkt'],
      ['b.yaml', null, 'output'],
      ['c.yaml', null, ''],
    ])
  })

  it('that are missing stand for the defaults where these are to be written there', async () => {
    const connection = connectionConfig({
      name: 'acme',
      akeneo,
      outputs: [{ name: 'shop', mapping: 'x.yaml' }],
    })
    const found = await loadMappings({ connections: [connection] }, join(folder, 'pimflow.config.yaml'))
    expect(found).toEqual([{ connection: 'acme', output: 'shop', path: join(folder, 'x.yaml'), read: null }])
  })

  it('say channel, locales and currencies alone', () => {
    expect(() => withOutputs({ name: 'shop', mapping: 'x.yaml', channel: 'ecommerce' })).toThrow(
      'is said by the mapping file',
    )
    expect(() => withOutputs({ name: 'shop' })).toThrow('is missing: name it, or a mapping file')
  })
})
