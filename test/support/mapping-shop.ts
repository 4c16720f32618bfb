import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { project, type Running, type TestProject } from '../client/harness.ts'
import { icecatSecrets, icecatSection } from './icecat-account.ts'
import { openPipeline, type Pipeline } from './pipeline.ts'

/** A loaded shop whose two mapping files lie on a disk and lack some lines, and the page that shows them. */
export interface MappingShop {
  pipeline: Pipeline
  at: TestProject
  url: string
  /** As the files were when everything was loaded. */
  texts: { hub: string; icecat: string }
  read(file: keyof MappingShop['texts']): Promise<string>
  write(file: keyof MappingShop['texts'], text: string): Promise<void>
  /** Addresses of their pages. */
  paths: { hub: string; icecat: string }
  close(): Promise<void>
}

const example = (name: string) =>
  readFile(new URL(`../../examples/mapping/northlamp.${name}.yaml`, import.meta.url), 'utf8')

export async function openMappingShop(): Promise<MappingShop> {
  const texts = {
    hub: (await example('hub'))
      .replace('  brand: { from: brand, as: label }\n', '')
      .replace('  - { role: manual, from: notice }\n', ''),
    icecat: (await example('icecat')).replace(
      '  weight: { from: feature/94, unit: KILOGRAM, decimals: 3 }\n',
      '',
    ),
  }
  const pipeline = await openPipeline({ mappings: { shop: texts.hub }, icecat: { mapping: texts.icecat } })
  const { connection, taskQueue, database, akeneo, icecat } = pipeline
  const at = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    sections: {
      outputs: [{ name: 'shop', mapping: 'mapping/shop.hub.yaml' }],
      icecat: icecatSection({ url: icecat?.url, mapping: 'mapping/shop.icecat.yaml' }),
    },
  })
  Object.assign(at.env, icecatSecrets)
  const place = (file: keyof MappingShop['texts']) => join(dirname(at.config), `mapping/shop.${file}.yaml`)
  const write = (file: keyof MappingShop['texts'], text: string) => writeFile(place(file), text)
  await mkdir(dirname(place('hub')), { recursive: true })
  await write('hub', texts.hub)
  await write('icecat', texts.icecat)
  await pipeline.initializeCategories()
  await pipeline.load()
  await at.run('sync', 'taxonomy')
  const running: Running = at.start('serve', '--port', '0')
  await running.untilPrinted('http://')
  const path = (of: string) =>
    `/mapping?connection=${encodeURIComponent(connection)}&of=${encodeURIComponent(of)}`
  return {
    pipeline,
    at,
    url: running.out().trim(),
    texts,
    read: (file) => readFile(place(file), 'utf8'),
    write,
    paths: { hub: path('output/shop'), icecat: path('icecat') },
    async close() {
      running.interrupt()
      await running.ended
      await at.remove()
      await pipeline.close()
    },
  }
}
