import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { exitCodes } from '../../client/support/exit-codes.ts'
import { workflowId } from '../../contracts/names.ts'
import { startCommand } from '../client/harness.ts'
import { projectRoot } from '../packaging/files.ts'
import { FULL_API_TOKEN, FULL_CONTENT_TOKEN } from '../../simulator/icecat/index.ts'
import { deliverySecret, startDestination, type TestDestination } from '../support/destination.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const text = await readFile(join(projectRoot, 'docs/command-line.md'), 'utf8')
const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
)

/** What other tests run, because it starts or stops servers that all tests share, asks a person, or listens beyond this machine. */
const elsewhere = [/^pimflow (demo|up|down|init|simulate|worker)\b/, / --host 0\.0\.0\.0/]

const isElsewhere = (line: string) => elsewhere.some((pattern) => pattern.test(line))

/** These go on until somebody stops them; by then they have said this. */
const lasting: [RegExp, string][] = [
  [/^pimflow (serve|feed)\b/, 'http://'],
  [/^pimflow changes --follow/, 'product'],
]

/** What a line comes to where that is not success, and what it says then. */
const otherwise: [RegExp, number, RegExp][] = [
  // The invented catalogue has products that Akeneo, or the mapping, refuses, and files that are not there.
  [
    /^pimflow (sync media|enrich|schedules trigger poll)$/,
    exitCodes.rejections,
    /To see why: pimflow rejections/,
  ],
  [/^pimflow approvals (show|approve|reject) /, exitCodes.failed, /Nothing waits under/],
  // Taken away by `schedules delete full`, further above.
  [/^pimflow doctor/, exitCodes.failed, /schedule full of the configuration is not in Temporal/],
]

describe('docs/command-line.md', { timeout: 120_000 }, () => {
  let folder: string
  let pipeline: Pipeline
  let destination: TestDestination
  const cwd = process.cwd()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-documented-'))
    destination = await startDestination()
    const mapping = await readFile('examples/mapping/northlamp.hub.yaml', 'utf8')
    const icecatMapping = await readFile('examples/mapping/northlamp.icecat.yaml', 'utf8')
    pipeline = await openPipeline({
      settings: { destinations: [destination.settings], media: { folder: join(folder, 'media') } },
      mappings: { shop: mapping },
      // What a line starts, and nothing else, is at work.
      icecat: { mapping: icecatMapping, settings: { afterPolls: false } },
    })
    await mkdir(join(folder, 'mapping'))
    await writeFile(join(folder, 'shop.hub.yaml'), mapping)
    await writeFile(join(folder, 'acme.icecat.yaml'), icecatMapping)
    await writeFile(join(folder, 'shop-ids.csv'), 'sku,id\nNL-DL7-W,4711\n')
    await writeFile(
      join(folder, 'written.csv'),
      'sku,attribute,locale,scope,value\nNL-DL7-W,description,en_US,ecommerce,A lamp.\n',
    )
    await writeFile(join(folder, 'pimflow.config.yaml'), stringify(configOf(pipeline, destination)))
    process.chdir(folder)
  }, 60_000)

  afterAll(async () => {
    process.chdir(cwd)
    await pipeline.close()
    await destination.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** As this test can run it: by ports that are free, and names that no other test has. */
  const here = (line: string) =>
    line
      .replace(/ [|>].*/, '')
      .replace('--connection acme', `--connection ${pipeline.connection}`)
      .replace('TEST-PRODUCT', 'NL-DL9-B')
      .replace(/^pimflow (serve|feed)$/, '$& --port 0')
      .replace('http://127.0.0.1:8085', destination.url)
      .split(' ')
      .slice(1)
      .map((word) => word.replace(/^'(.*)'$/, '$1'))

  it.each(lines.filter((line) => !isElsewhere(line)))('`%s`', async (line) => {
    const command = startCommand(here(line), environmentOf(pipeline))
    const [, printed] = lasting.find(([pattern]) => pattern.test(line)) ?? []
    if (printed !== undefined) {
      await command.untilPrinted(printed)
      command.interrupt()
      expect(await command.ended).toMatchObject({ code: exitCodes.done })
      return
    }
    const ended = await command.ended
    const said = ended.err + ended.out
    const [, code, words] = otherwise.find(([pattern]) => pattern.test(line)) ?? [line, exitCodes.done, /./]
    expect(ended.code, said).toBe(code)
    expect(said).toMatch(words)
    // What is not followed goes on, and the lines below are for a hub that is loaded.
    const { client, connection } = pipeline
    if (line.includes('--detach'))
      await client.workflow.getHandle(workflowId(connection, 'load-products')).result()
  })

  it.each(lines.filter(isElsewhere))('`%s` is a verb with these options', async (line) => {
    const words = line.split(' ').slice(1)
    const verb = words.slice(0, words[0] === 'simulate' ? 2 : 1)
    const { out } = await startCommand([...verb, '--help'], {}).ended
    expect(out).toContain(`Usage: pimflow ${verb.join(' ')}`)
    for (const flag of words.filter((word) => word.startsWith('--'))) expect(out).toContain(`${flag} `)
  })

  it('names all verbs of the program', async () => {
    const { out } = await startCommand(['--help'], {}).ended
    const verbs = [...out.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(([, verb]) => verb)
    expect(verbs.length).toBeGreaterThan(10)
    for (const verb of verbs.filter((name) => name !== 'help'))
      expect(text).toContain(`pimflow ${verb ?? ''}`)
  })
})

const configOf = ({ connection, taskQueue, akeneo, icecat }: Pipeline, { settings }: TestDestination) => ({
  version: 1,
  temporal: { taskQueue },
  connections: [
    {
      name: connection,
      akeneo: {
        url: akeneo.url,
        clientId: '${AKENEO_CLIENT_ID}',
        clientSecret: '${AKENEO_CLIENT_SECRET}',
        username: '${AKENEO_USERNAME}',
        password: '${AKENEO_PASSWORD}',
      },
      outputs: [{ name: 'shop', mapping: 'shop.hub.yaml' }],
      media: { folder: 'media' },
      destinations: [{ name: settings.name, url: settings.url, secret: '${SHOP_SECRET}' }],
      icecat: {
        url: icecat?.url,
        username: 'full-shop',
        subscription: 'full',
        mapping: 'acme.icecat.yaml',
        apiToken: '${ICECAT_API_TOKEN}',
        contentToken: '${ICECAT_CONTENT_TOKEN}',
        appKey: '${ICECAT_APP_KEY}',
        throttle: { concurrency: 2, perSecond: 1000 },
        afterPolls: false,
      },
    },
  ],
})

function environmentOf({ akeneo, config, database }: Pipeline): Record<string, string> {
  const { clientId, clientSecret, username, password } = akeneo.credentials
  return {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    DATABASE_URL: database.url,
    PIMFLOW_TOKEN_KEY: config.tokenKeys[0]?.reveal() ?? '',
    AKENEO_CLIENT_ID: clientId,
    AKENEO_CLIENT_SECRET: clientSecret,
    AKENEO_USERNAME: username,
    AKENEO_PASSWORD: password,
    ICECAT_API_TOKEN: FULL_API_TOKEN,
    ICECAT_APP_KEY: 'full-app-key',
    ICECAT_CONTENT_TOKEN: FULL_CONTENT_TOKEN,
    SHOP_SECRET: deliverySecret,
  }
}
