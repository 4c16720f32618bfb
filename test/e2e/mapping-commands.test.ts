import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionConfig, loadMappings } from '../../config.ts'
import { lastSeq } from '../../connectors/hub/records.ts'
import { openDependencies, type OpenedDependencies } from '../../workers/dependencies.ts'
import { project, type TestProject } from '../client/harness.ts'
import { createWorkersFor, openPipeline, type Pipeline } from '../support/pipeline.ts'

/** One connection with an output whose file is not there yet, its workers, and a person at a terminal. */
let pipeline: Pipeline
let at: TestProject
let deps: OpenedDependencies
let stopWorkers: () => Promise<void>
let file: string

beforeAll(async () => {
  pipeline = await openPipeline({ worker: false })
  const { connection, taskQueue, database, akeneo, config } = pipeline
  const outputs = [{ name: 'ecommerce', mapping: 'mapping/shop.hub.yaml' }]
  at = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    sections: { outputs },
  })
  file = join(dirname(at.config), 'mapping/shop.hub.yaml')
  const settings = connectionConfig({
    name: connection,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    outputs,
  })
  const own = { ...config, connections: [settings] }
  deps = await openDependencies(own, await loadMappings(own, at.config))
  stopWorkers = await createWorkersFor(pipeline, deps)
  await pipeline.initializeCategories()
  await pipeline.load()
}, 120_000)
afterAll(async () => {
  await stopWorkers()
  await deps.close()
  await at.remove()
  await pipeline.close()
})

/** Replaces in the file and raises its version. */
async function change(from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const version = Number(/^version: (\d+)/m.exec(text)?.[1])
  const changed = text.replace(from, to).replace(/^version: \d+/m, `version: ${version + 1}`)
  expect(changed).not.toBe(text)
  await writeFile(file, changed)
}
const seq = () => lastSeq(pipeline.database.sql, pipeline.connection, 'ecommerce')

describe('the mapping of an output', () => {
  it('is written after the first load with its reasons and fill rates, and writing it changes no record', async () => {
    const text = await readFile(file, 'utf8')
    expect(text).toContain('output: ecommerce')
    expect(text).toMatch(/barcode: .*filled in \d+ %/)
    const before = await seq()
    const { code, value } = await at.json('mapping', 'diff')
    expect({ code, value }).toEqual({ code: 0, value: { changed: false } })
    await pipeline.poll()
    expect(await seq()).toBe(before)
  })

  it('is suggested: what the file does not use yet, or a first file', async () => {
    const { out, code } = await at.run('mapping', 'suggest')
    expect(code).toBe(0)
    expect(out).toContain('product.brand')
    const copy = join(dirname(at.config), 'first.hub.yaml')
    expect((await at.run('mapping', 'suggest', '--write', copy)).code).toBe(0)
    expect(await readFile(copy, 'utf8')).toBe(await readFile(file, 'utf8'))
    const again = await at.run('mapping', 'suggest', '--write', copy)
    expect(again).toMatchObject({ code: 2 })
    expect(again.err).toContain('is there already')
  })

  it('is previewed on a product, side by side', async () => {
    const { out, code } = await at.run('mapping', 'preview', 'NL-DL7-W')
    expect(code).toBe(0)
    expect(out).toMatch(/^NL-DL7-W {2}active/)
    expect(out).toMatch(/ean: 2000000123462 +product\.barcode +2000000123462/)
    const nothing = await at.run('mapping', 'preview', 'NO-SUCH')
    expect(nothing).toMatchObject({ code: 1 })
    expect(nothing.out).toContain('pimflow sync NO-SUCH')
  })

  it('is explained value by value: the rule, what it read, who wrote it last', async () => {
    const { out } = await at.run('explain', 'NL-DL7-W')
    expect(out).toContain('values in ecommerce')
    expect(out).toMatch(
      /product\.barcode +2000000123462 +default@1:\d+ +ean +\d+ s ago, pimflow\/.*load-products/,
    )
    const { value } = await at.json('explain', 'NL-DL7-W')
    const { hits } = value as {
      hits: { values: { target: string; writer: { workflowId: string } | null }[] }[]
    }
    const name = hits[0]?.values.find(({ target }) => target === 'product.name')
    expect(name?.writer?.workflowId).toContain('load-products')
  })

  it('says what it left out of a record that went out all the same', async () => {
    const { out } = await at.run('explain', 'NL-DL3-B')
    expect(out).toMatch(/left out \(ecommerce\) +ean: .*wrong check digit/)
    expect((await at.run('status')).out).toMatch(/with findings +\d+ \(/)
  })

  it('is covered: what is mapped, goes through, is left out or forgotten', async () => {
    const { value } = await at.json('mapping', 'coverage')
    const { totals, attributes } = value as {
      totals: Record<string, number>
      attributes: { code: string; state: string; filled: number }[]
    }
    expect(attributes.find(({ code }) => code === 'ean')).toMatchObject({ state: 'mapped' })
    expect(Object.values(totals).reduce((sum, n) => sum + n, 0)).toBe(attributes.length)
    expect((await at.run('mapping', 'coverage')).out).toContain('nobody has decided')
  })

  it('shows what a change would do, and then does it', async () => {
    await change(
      '  type: { const: physical }\n',
      '  type: { const: physical }\n  taxClass: { from: $family, map: { kits: reduced } }\n',
    )
    const before = await seq()
    const { out, code } = await at.run('mapping', 'diff')
    expect(code).toBe(0)
    expect(out).toContain('2 of')
    expect(out).toMatch(/taxClass +2 records/)
    expect(out).toMatch(/taxClass +– +→ +reduced/)
    expect(await seq()).toBe(before)
    const applied = await at.json('mapping', 'apply')
    expect(applied.code).toBe(3)
    expect(applied.value).toMatchObject({
      report: { outcome: 'done with rejections', changed: 2, published: 2 },
    })
    expect(await seq()).toBe(before + 2n)
    expect((await at.run('show', 'DL7-SET')).out).toContain('taxClass: reduced')
  })

  it('waits for a person when it would change more than the guard allows', async () => {
    await change('  name: $label', "  name: { template: 'Our {$identifier}' }")
    const before = await seq()
    const { code, out } = await at.run('mapping', 'apply')
    expect(code).toBe(4)
    const [, id = ''] = /approvals show (m\d+)/.exec(out) ?? []
    expect(await seq()).toBe(before)
    const list = await at.run('approvals')
    expect(list.code).toBe(4)
    expect(list.out).toContain(`${id}  mapping/shop.hub.yaml would change`)
    expect((await at.run('status')).out).toContain(`pimflow approvals show ${id}`)
    const shown = await at.run('approvals', 'show', id)
    expect(shown.code).toBe(4)
    expect(shown.out).toMatch(/name +NL|name +\{/)
    const rejected = await at.run('approvals', 'reject', id)
    expect(rejected.out).toContain('Records stay as they are')
    expect((await at.run('approvals')).out).toBe('Nothing waits for approval')
    const approved = await at.json('approvals', 'approve', id)
    expect(approved.value).toMatchObject({ report: { outcome: 'done with rejections' } })
    expect(await seq()).toBeGreaterThan(before + 200n)
    expect((await at.run('show', 'DL7-SET')).out).toContain('en_US: Our DL7-SET')
  })

  it('that publishes below a category that Akeneo does not have is told with its line, and not proposed', async () => {
    const text = await readFile(file, 'utf8')
    await change('publish:\n', 'publish:\n  within:\n    - MASTER\n    - mastre\n')
    const line = (await readFile(file, 'utf8')).split('\n').indexOf('    - mastre') + 1
    const told = `shop.hub.yaml:${line}  publish.within: category "mastre" is not in Akeneo, as it was read last. Did you mean master?`
    expect((await at.run('mapping', 'preview', 'NL-DL7-W')).out).toContain(told)
    expect((await at.run('mapping', 'coverage')).out).toContain(told)
    for (const verb of ['diff', 'apply']) {
      const { code, err } = await at.run('mapping', verb)
      expect(code).toBe(2)
      expect(err.replace('within category', 'within: category')).toContain(told)
      expect(err).not.toContain('"MASTER"')
    }
    await writeFile(file, text)
  })

  it('that is wrong is told with its line, and nothing is proposed', async () => {
    await mkdir(dirname(file), { recursive: true })
    await change('{$identifier}', '{nmae}')
    const told =
      /shop\.hub\.yaml:\d+ {2}product\.name:? attribute "nmae" is not in Akeneo\. Did you mean name\?/
    expect((await at.run('mapping', 'preview', 'NL-DL7-W')).out).toMatch(told)
    expect((await at.run('mapping', 'coverage')).out).toMatch(told)
    expect((await at.run('mapping', 'diff')).err).toMatch(told)
    await change('output: ecommerce', 'output: ecommerce\nprodukt: {}')
    const { code, err } = await at.run('mapping', 'apply')
    expect(code).toBe(2)
    expect(err).toMatch(/shop\.hub\.yaml:\d+ +produkt/)
  })
})
