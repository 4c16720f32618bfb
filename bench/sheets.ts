import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { writeFileSync } from 'node:fs'
import type * as builtClient from '../connectors/icecat/client.ts'
import type { IcecatClient } from '../connectors/icecat/client.ts'
import { icecatDefaults } from '../connectors/icecat/settings.ts'
import type * as builtMappingFile from '../connectors/mapping-file.ts'
import { CodeMap } from '../domain/code-map.ts'
import type * as builtCompile from '../domain/enrichment/convert/compile-enrichment.ts'
import type { Enrichment } from '../domain/enrichment/convert/compile-enrichment.ts'
import { placeOf } from '../domain/enrichment/lines/model-cells.ts'
import type { LedgerValue } from '../domain/enrichment/ownership/judge.ts'
import type * as builtPlan from '../domain/enrichment/plan-writes.ts'
import type {
  PlanSettings,
  RecordPlan,
  RecordQuestion,
  ShownValues,
} from '../domain/enrichment/plan-writes.ts'
import type { Sheet } from '../domain/enrichment/sheet.ts'
import type { TargetAttribute, TargetStructure } from '../domain/enrichment/target.ts'
import type * as builtSecret from '../domain/secret.ts'
import { FULL_API_TOKEN } from '../simulator/icecat/index.ts'
import { ensureBuilt } from './support/build.ts'
import { built } from './support/built.ts'
import { features, inventedText, inventedValues, kindOf, writeInvented } from './support/invented-icecat.ts'
import { loadAverage, machine, round } from './support/machine.ts'
import { startProgram } from './support/program.ts'
import { versions } from './support/versions.ts'

export interface SheetNumbers {
  sheets: number
  features: number
  /** Values that each sheet becomes, each compared with what stands in Akeneo and what was written. */
  values: number
  bytesPerSheet: number
  cpuMsPerSheet: number
  /** Parts of it; fetching has the parsing of the answer in it. */
  fetchCpuMs: number
  convertCpuMs: number
  compareCpuMs: number
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

const icecatId = '900000001'

/** What a sheet of 150 features costs this process: one call of the JSON door, conversion of all of them, comparison with the ledger. */
export async function benchSheets(sheets: number, onProgress: (text: string) => void): Promise<SheetNumbers> {
  const before = loadAverage()
  await ensureBuilt(onProgress)
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-sheets-'))
  await writeInvented(folder, [invented])
  const cli = new URL('../dist/client/cli.js', import.meta.url).pathname
  const icecat = await startProgram(cli, ['simulate', 'icecat', '--catalog', folder], {
    ready: /Icecat simulator on \S+\n/,
  })
  try {
    const [, url = ''] = /Icecat simulator on (\S+)/.exec(icecat.printed) ?? []
    const client = await clientOf(url)
    const work = await prepared()
    const first = await fetchSheet(client)
    const ledger = afterWriting(work, first)
    for (let n = 0; n < 200; n++) compare(work, await fetchSheet(client), ledger)
    onProgress(`${sheets} sheets`)
    const spent = { fetch: 0, convert: 0, compare: 0 }
    let writes = 0
    for (let n = 0; n < sheets; n++) {
      let began = process.cpuUsage()
      const sheet = await fetchSheet(client)
      spent.fetch += cpuMs(began)
      began = process.cpuUsage()
      const cells = work.enrichment.cells(sheet, view)
      spent.convert += cpuMs(began)
      began = process.cpuUsage()
      writes += work.plan({ cells, ...ledger }, work.settings).writes.length
      spent.compare += cpuMs(began)
    }
    if (writes > 0) throw new Error(`${writes} values were to be written again`)
    const answer = await fetch(
      `${url}/api?username=full-shop&lang=EN&icecat_id=${icecatId}&app_key=full-app-key`,
    )
    return {
      sheets,
      features: first.features.length,
      values: ledger.ledger.size,
      bytesPerSheet: Buffer.byteLength(await answer.text()),
      cpuMsPerSheet: round((spent.fetch + spent.convert + spent.compare) / sheets, 2),
      fetchCpuMs: round(spent.fetch / sheets, 2),
      convertCpuMs: round(spent.convert / sheets, 2),
      compareCpuMs: round(spent.compare / sheets, 2),
      loadAverage: { before, after: loadAverage() },
      versions: versions(),
      ...machine(),
    }
  } finally {
    await icecat.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function cpuMs(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000
}

async function clientOf(url: string): Promise<IcecatClient> {
  const { createIcecatClient } = await built<typeof builtClient>('connectors/icecat/client.js')
  const { Secret } = await built<typeof builtSecret>('domain/secret.js')
  return createIcecatClient({
    name: 'bench',
    icecat: {
      ...icecatDefaults,
      liveUrl: url,
      dataUrl: url,
      boUrl: url,
      profileUrl: url,
      username: 'full-shop',
      password: null,
      apiToken: new Secret(FULL_API_TOKEN),
      appKey: new Secret('full-app-key'),
      contentToken: null,
      subscription: 'full',
      throttle: { concurrency: 4, perSecond: 10_000 },
    },
  })
}

async function fetchSheet(client: IcecatClient): Promise<Sheet> {
  const answer = await client.sheet({ by: 'icecatId', icecatId }, 'EN', new AbortController().signal)
  if (!('sheet' in answer)) throw new Error(`The simulator has no sheet: ${answer.outcome}`)
  return answer.sheet
}

const view = { family: 'things', isFilled: () => false }

const invented = {
  id: icecatId,
  brand: '990001',
  code: 'BENCH-1',
  gtins: ['2000000123486'],
  category: '99010',
  languages: ['EN'],
  name: { EN: 'A product of 150 features' },
  long: { EN: inventedText },
  values: inventedValues(),
  pictures: 5,
}

interface Work {
  enrichment: Enrichment
  settings: PlanSettings
  plan: (question: RecordQuestion, settings: PlanSettings) => RecordPlan
}

/** All features have a rule: twice what a client maps. */
async function prepared(): Promise<Work> {
  const { readIcecatMappingFile } = await built<typeof builtMappingFile>('connectors/mapping-file.js')
  const { compileEnrichment } = await built<typeof builtCompile>(
    'domain/enrichment/convert/compile-enrichment.js',
  )
  const { planWrites } = await built<typeof builtPlan>('domain/enrichment/plan-writes.js')
  const structure = targetStructure()
  const rules = Array.from(
    { length: features },
    (_, index) =>
      `  a${index}: ${kindOf(index) === 'numerical' ? `{ from: feature/${7000 + index}, unit: GRAM, decimals: 3 }` : `feature/${7000 + index}`}`,
  )
  const text = `version: 1
match: [{ gtin: [ean] }]
languages: { en_US: [EN] }
neutral: EN
channels: [ecommerce, print]
attributes:
${rules.join('\n')}
  name: title
  description: description.long
`
  const { mapping, problems } = readIcecatMappingFile({ name: 'bench.icecat.yaml', text })
  if (mapping === null) throw new Error(problems.map(({ message }) => message).join('; '))
  const { enrichment, problems: misfits } = compileEnrichment(mapping, structure, {
    vocabulary: new Map(),
    measures: new Map(),
  })
  if (enrichment === null) throw new Error(misfits.map(({ message }) => message).join('; '))
  const { attributes, measurementFamilies } = structure
  const settings = { policy: mapping.ownership, attributes, measurementFamilies }
  return { enrichment, settings, plan: planWrites }
}

function targetStructure(): TargetStructure {
  const attributes = new CodeMap<TargetAttribute>()
  const add = (code: string, changes: Partial<TargetAttribute>) =>
    attributes.set(code, {
      code,
      type: 'pim_catalog_text',
      localizable: false,
      scopable: false,
      ...changes,
    })
  const types = {
    numerical: { type: 'pim_catalog_metric', metric_family: 'Weight', decimals_allowed: true },
    text: {},
    y_n: { type: 'pim_catalog_boolean' },
  }
  for (let index = 0; index < features; index++) add(`a${index}`, types[kindOf(index)])
  add('name', { localizable: true })
  add('description', {
    type: 'pim_catalog_textarea',
    wysiwyg_enabled: true,
    localizable: true,
    scopable: true,
  })
  const unit = (code: string, symbol: string, value: string) =>
    [code, { code, symbol, convert_from_standard: [{ operator: 'mul' as const, value }] }] as const
  return {
    attributes,
    options: new CodeMap(),
    families: new CodeMap([['things', { attributes: [...attributes.keys()] }]]),
    channels: ['ecommerce', 'print'].map((code) => ({ code, locales: ['en_US'] })),
    measurementFamilies: new CodeMap([
      [
        'Weight',
        {
          code: 'Weight',
          standard_unit_code: 'KILOGRAM',
          units: Object.fromEntries([unit('KILOGRAM', 'kg', '1'), unit('GRAM', 'g', '0.001')]),
        },
      ],
    ]),
  }
}

/** The record and the ledger as they stand once all of the sheet was written, and read back. */
function afterWriting(
  { enrichment }: Work,
  sheet: Sheet,
): {
  current: ShownValues
  ledger: Map<string, LedgerValue>
} {
  const current: Record<string, { locale: string | null; scope: string | null; data?: unknown }[]> = {}
  const ledger = new Map<string, LedgerValue>()
  for (const cell of enrichment.cells(sheet, view)) {
    const { attribute, locale, scope, result } = cell
    if (result.kind !== 'value') throw new Error(`${attribute} has no value`)
    ;(current[attribute] ??= []).push({ locale, scope, data: result.data })
    ledger.set(placeOf(cell), { sent: result.data, echoed: result.data })
  }
  return { current, ledger }
}

const compare = (work: Work, sheet: Sheet, ledger: ReturnType<typeof afterWriting>) =>
  work.plan({ cells: work.enrichment.cells(sheet, view), ...ledger }, work.settings)

/** The command `bench sheets`. */
export const sheetsCommand = (onProgress: (text: string) => void): Command =>
  new Command('sheets')
    .description(
      'CPU of a sheet of 150 features: fetched, converted, compared with what stands and what was written',
    )
    .option('--json <file>', 'write the numbers as JSON')
    .option('--quick', 'few sheets: some seconds')
    .action(async ({ json, quick }: { json?: string; quick?: boolean }) => {
      const numbers = await benchSheets(quick === true ? 300 : 2000, onProgress)
      process.stdout.write(
        `${numbers.cpuMsPerSheet} ms CPU a sheet of ${numbers.features} features and ${numbers.bytesPerSheet} bytes, ${numbers.values} values: ` +
          `${numbers.fetchCpuMs} fetched, ${numbers.convertCpuMs} converted, ${numbers.compareCpuMs} compared\n`,
      )
      if (json !== undefined) writeFileSync(json, `${JSON.stringify(numbers, null, 2)}\n`)
    })
