import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MappingComparison, ProductPreview } from '../../contracts/enrichment-preview.ts'
import { readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import type { CheckReport } from '../../domain/check-report.ts'
import { mappingHash } from '../../domain/enrichment/mapping/meaning.ts'
import type { Suggestion } from '../../domain/enrichment/suggest/suggest-mapping.ts'
import { project, type TestProject } from '../client/harness.ts'
import { icecatSecrets, icecatSection } from '../support/icecat-account.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const northlamp = await readFile(
  new URL('../../examples/mapping/northlamp.icecat.yaml', import.meta.url),
  'utf8',
)

/** A loaded hub with workers and an Icecat, and a person at a terminal whose mapping file is not there yet. */
let pipeline: Pipeline
let at: TestProject
let file: string

beforeAll(async () => {
  pipeline = await openPipeline({ icecat: { mapping: northlamp } })
  const { connection, taskQueue, database, akeneo, icecat } = pipeline
  at = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: database.url,
    akeneo: { url: akeneo.url, ...akeneo.credentials },
    sections: {
      icecat: icecatSection({ url: icecat?.url, mapping: 'mapping/shop.icecat.yaml' }),
    },
  })
  Object.assign(at.env, icecatSecrets)
  file = join(dirname(at.config), 'mapping/shop.icecat.yaml')
  await pipeline.initializeCategories()
  await pipeline.load()
}, 120_000)
afterAll(async () => {
  await at.remove()
  await pipeline.close()
})

const write = async (text: string) => {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

// Two runs of enrichment are in one of them: 15 s on a quiet machine.
describe('the mapping from Icecat', { timeout: 120_000 }, () => {
  it('needs both sides’ taxonomies, which a command collects', async () => {
    const early = await at.run('mapping', 'suggest', '--icecat')
    expect(early).toMatchObject({ code: 2, err: expect.stringContaining('pimflow sync taxonomy') as string })
    const { code, out } = await at.run('sync', 'taxonomy')
    expect(code).toBe(0)
    expect(out).toMatch(/done: \d+ entries of Icecat’s lists/)
  })

  it('is proposed as a whole file that fits the catalogue, with scores and reasons; writing it applies nothing', async () => {
    const first = await at.run('mapping', 'suggest', '--icecat', '--write', file)
    expect(first.code).toBe(0)
    const text = await readFile(file, 'utf8')
    expect(text).toMatch(
      /^ {2}weight: \{ from: feature\/94, unit: KILOGRAM \} # 100 %: "weight" \(code\) and "Weight"/m,
    )
    expect(text).toMatch(/material: feature\/5004 # \d+ %: .*2 of 2 values are options/)
    expect(text).toMatch(/media:\n(?: {2}.*\n)* {2}image: image\/1 # /)
    expect(text).toMatch(/- \{ gtin: \[ean\] \}/)
    const { code, out } = await at.run('mapping', 'coverage', '--icecat')
    expect({ code, out }).toMatchObject({ code: 0 })
    const applied = await pipeline.database.sql`select 1 from enrichment_state`
    expect(applied).toHaveLength(0)
    const again = await at.run('mapping', 'suggest', '--icecat', '--write', file)
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('is there already') as string })
  })

  it('is proposed raw, with the attributes for Akeneo’s import, for categories that are named', async () => {
    const csv = join(dirname(at.config), 'attributes.csv')
    const [category] = await pipeline.database.sql<{ key: string }[]>`
      select key from icecat_record where list = 'categoryFeatures' and body->'features' @> '[{"id": "5001"}]'`
    const { code, out } = await at.run(
      ...['mapping', 'suggest', '--icecat', '--preset', 'raw', '--category', category?.key ?? ''],
      ...['--attributes', csv],
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^preset: raw$/m)
    expect(out).toMatch(/^ {2}icecat_94: feature\/94 # 100 %/m)
    const { mapping, problems } = readIcecatMappingFile({ name: 'raw.icecat.yaml', text: out })
    expect(problems).toEqual([])
    const rows = (await readFile(csv, 'utf8')).trim().split('\n')
    expect(rows[0]).toMatch(/^code;type;group;localizable;scopable;metric_family/)
    expect(rows.slice(1).map((row) => row.split(';')[0])).toEqual(
      mapping?.attributes.map(({ code: attribute }) => attribute),
    )
  })

  it('is refused with the line of everything that does not fit', async () => {
    const wrong = northlamp
      .replace('weight: { from: feature/94, unit: KILOGRAM', 'weight: { from: feature/94, unit: METER')
      .replace('dimmable: feature/5001', 'dimmable: title')
      .replace('material: feature/5004', 'materail: feature/5004')
      .replace('fr_FR: [FR] }', 'fr_FR: [FR], sv_SE: [SE] }')
    await write(wrong)
    const lineOf = (text: string) => wrong.split('\n').findIndex((line) => line.includes(text)) + 1
    for (const verb of ['coverage', 'diff', 'apply']) {
      const { code, err } = await at.run('mapping', verb, '--icecat')
      expect(code).toBe(2)
      expect(err).toContain(
        `shop.icecat.yaml:${lineOf('unit: METER')}  attributes.weight.unit METER is no unit of Weight`,
      )
      expect(err).toContain(
        `shop.icecat.yaml:${lineOf('dimmable: title')}  attributes.dimmable title does not fit`,
      )
      expect(err).toMatch(
        new RegExp(`:${lineOf('materail')} .*there is no attribute materail. Did you mean material`),
      )
      expect(err).toContain(`shop.icecat.yaml:${lineOf('sv_SE')}  languages.sv_SE is active in no channel`)
    }
    expect(await pipeline.database.sql`select 1 from enrichment_state`).toHaveLength(0)
  })

  it('is applied without a worker being started anew, only with a version above the one that counts', async () => {
    await write(northlamp)
    const before = await at.run('mapping', 'diff', '--icecat')
    expect(before.out).toContain('is applied yet')
    expect((await at.run('mapping', 'apply', '--icecat')).code).toBe(0)
    expect((await at.run('mapping', 'apply', '--icecat')).out).toContain('judged by already')
    await pipeline.enrich()
    const changed = northlamp
      .replace('decimals: 3', 'decimals: 0')
      .replace('  dimmable: feature/5001\n', '')
      .replace('version: 1', 'version: 2')
    await write(changed.replace('version: 2', 'version: 1'))
    expect(await at.run('mapping', 'apply', '--icecat')).toMatchObject({
      code: 2,
      err: expect.stringContaining('raise version') as string,
    })
    await write(changed)
    const { value } = await at.json('mapping', 'diff', '--icecat', '--sample', '10')
    // Printed by the command whose types these are.
    const diff = value as { rules: { target: string }[]; comparison: MappingComparison }
    expect(diff.rules.map(({ target }) => target)).toEqual(['attributes.weight', 'attributes.dimmable'])
    expect(diff.comparison.products).toBeGreaterThan(0)
    expect(diff.comparison.byAttribute.map(({ attribute }) => attribute)).toContain('dimmable')
    expect((await at.run('mapping', 'apply', '--icecat')).out).toContain('version 2')
    const again = await pipeline.enrich()
    expect(again.outcome).not.toBe('already running')
    const [state] = await pipeline.database.sql<{ version: bigint }[]>`
      select mapping_version as version from enrichment_state`
    expect(state?.version).toBe(2n)
  })

  it('is told by check, when the file on disk is not the one that runs go on by', async () => {
    const { sql } = pipeline.database
    const checked = async (text: string) => {
      await write(text)
      const { out } = await at.run('check')
      return out.split('\n').find((line) => line.includes('icecat mapping')) ?? ''
    }
    const remedied = async (text: string) => {
      await write(text)
      const { value } = await at.json('check')
      const { connections } = value as { connections: CheckReport[] }
      const line = connections[0]?.lines.find(({ name }) => name === 'icecat mapping')
      return { status: line?.status, remedy: line?.remedy ?? '' }
    }
    const [state] = await sql<{ text: string }[]>`select mapping_text as text from enrichment_state`
    const applied = state?.text ?? ''
    expect(await checked(applied)).toMatch(
      /ok +icecat mapping +mapping\/shop\.icecat\.yaml fits the catalogue$/,
    )
    const misfit = applied.replace('material: feature/5004', 'materail: feature/5004')
    const newer = await remedied(misfit.replace('version: 2', 'version: 3'))
    expect(newer).toMatchObject({ status: 'failed' })
    expect(newer.remedy).toContain(
      'Until then runs go on by version 2, which was applied (mapping-not-taken)',
    )
    expect((await remedied(misfit)).remedy).toContain(
      'Until then runs go on by version 2, which was applied (mapping-version)',
    )
    // An older file than the applied one is nobody's newer word.
    const older = await remedied(misfit.replace('version: 2', 'version: 1'))
    expect(older.remedy).toContain('No run goes by this file: version 2 was applied (mapping-older)')
    expect(older.remedy).not.toContain('Until then')
    expect(await checked(applied.replace('version: 2', 'version: 1'))).toMatch(
      /warning +icecat mapping +mapping\/shop\.icecat\.yaml says version 1, which is older than version 2 that was applied: no run goes by it \(mapping-older\)$/,
    )
    const other = applied.replace('decimals: 0', 'decimals: 1')
    expect(await checked(other)).toMatch(
      /warning +icecat mapping +mapping\/shop\.icecat\.yaml says version 2, as the applied mapping does, and something else: .* \(mapping-version\)/,
    )
    expect((await remedied(other)).remedy).toContain('Raise version')
    // Applied when it fitted, and Akeneo has lost an attribute since.
    const { mapping } = readIcecatMappingFile({ name: 'shop.icecat.yaml', text: misfit })
    if (mapping === null) throw new Error('The mapping of this test cannot be read')
    await sql`update enrichment_state set mapping_text = ${misfit}, mapping_hash = ${mappingHash(mapping)}`
    expect((await remedied(misfit)).remedy).toContain(
      'It was applied when it fitted: runs leave out what these lines say, and go on with all else (mapping-left-out)',
    )
  })

  it('is measured by the categories of its products, with unmapped and ignored told apart', async () => {
    await write(northlamp.replace('  dimmable: feature/5001\n', ''))
    const { code, out } = await at.run('mapping', 'coverage', '--icecat')
    expect(code).toBe(0)
    expect(out).toMatch(/category +products +mandatory +searchable +decided +en_US +de_DE +fr_FR/)
    expect(out).toMatch(/table lamps, unmapped: Dimmable \(feature\/5001\)/)
    const { value } = await at.json('mapping', 'coverage', '--icecat')
    const { categories } = value as {
      categories: { name: string; products: number; mandatory: object; ignored: number; complete: number }[]
    }
    expect(categories.map(({ name }) => name)).toEqual(['jackets', 'table lamps'])
    for (const { products, complete } of categories) {
      expect(products).toBeGreaterThan(0)
      expect(complete).toBeLessThanOrEqual(1)
    }
    await write(
      northlamp
        .replace('  dimmable: feature/5001\n', '')
        .replace('ignore: {', "ignore: { feature/5001: 'not for the shop',"),
    )
    const decided = await at.json('mapping', 'coverage', '--icecat')
    expect((decided.value as { categories: object[] }).categories[1]).toMatchObject({
      ignored: 1,
      unmapped: [],
      complete: 1,
    })
  })

  it('suggests what the file does not use yet, and nothing that it ignores on purpose', async () => {
    await write(northlamp.replace('  weight: { from: feature/94, unit: KILOGRAM, decimals: 3 }\n', ''))
    const { value } = await at.json('mapping', 'suggest', '--icecat')
    const suggestions = value as Suggestion[]
    expect(suggestions.find(({ attribute }) => attribute === 'weight')).toMatchObject({
      rule: '{ from: feature/94, unit: KILOGRAM }',
      score: 1,
    })
    const addresses = suggestions.map(({ address }) => address)
    expect(addresses).not.toContain('feature/49')
    expect(addresses).not.toContain('feature/5001')
  })

  it('is previewed on a product: Icecat’s value, what becomes of it, Akeneo’s, and the verdict', async () => {
    await write(northlamp.replace('version: 1', 'version: 3'))
    const writes = () => pipeline.akeneo.requests().filter(({ method }) => method !== 'GET').length
    const before = writes()
    const { value, code } = await at.json('mapping', 'preview', 'NL-DL9-B', '--icecat')
    expect(code).toBe(0)
    const [{ preview }] = value as [{ preview: ProductPreview }]
    expect(preview).toMatchObject({
      outcome: 'found',
      sheet: { matchedBy: expect.stringContaining('GTIN') as string },
    })
    const weight = preview.values.find(({ attribute }) => attribute === 'weight')
    expect(weight).toMatchObject({
      from: 'feature/94',
      icecat: expect.stringMatching(/^\d+ g$/) as string,
      converted: { unit: 'KILOGRAM' },
    })
    const [variant] = await pipeline.database.sql<{ code: string }[]>`
      select r.code from enrichment_product p
      join source_record r on r.connection = p.connection and r.stream = 'products' and r.key = p.product
      where p.root is not null and p.outcome in ('enriched', 'unchanged') order by r.code limit 1`
    const jacket = await at.json('mapping', 'preview', variant?.code ?? '', '--icecat')
    const [{ preview: shown }] = jacket.value as [{ preview: ProductPreview }]
    expect(shown.values.some(({ model }) => model !== null)).toBe(true)
    expect(shown.values.some(({ verdict }) => verdict === 'axis')).toBe(true)
    const { out } = await at.run('mapping', 'preview', 'NL-DL9-B', '--icecat')
    expect(out).toMatch(/attribute +Icecat +converted +Akeneo +then/)
    expect(out).toMatch(/weight +feature\/94: \d+ g/)
    const nothing = await at.run('mapping', 'preview', 'NO-SUCH', '--icecat')
    expect(nothing).toMatchObject({ code: 1, out: expect.stringContaining('pimflow sync NO-SUCH') as string })
    expect(writes()).toBe(before)
  })
})
