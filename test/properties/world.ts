import type { Sql } from '../../connectors/hub/database.ts'
import { lastSeq, recordsOf } from '../../connectors/hub/records.ts'
import type { HubRecord } from '../../contracts/hub.ts'
import type { AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import type { Rights } from '../../simulator/akeneo/options.ts'
import { compareDump, type Dumped } from '../oracle/compare.ts'
import { oracleFromState, tradeFromState } from '../oracle/from-simulator.ts'
import type { Edit, Meanwhile } from './actions.ts'
import type { Trace } from './edit-tools.ts'
import { editorOf } from './edits.ts'
import { feedDifferences, fileDifferences, undecidedAboutLost } from './hub-checks.ts'
import { isRunLost, type Passes, RunLost, WorkerDied } from './passes.ts'

/** Each with the plain reading of what it should hold. */
export const oracles = { shop: oracleFromState, trade: tradeFromState }
export type OutputName = keyof typeof oracles

export interface World {
  edit(edit: Edit): void
  /** Edits of which only a wide pass says something; reset by one. */
  silent(): boolean
  forget(): void
  doubt(): void
  wait(seconds: number): Promise<void>
  /** While this runs, what is to happen meanwhile happens. */
  during(meanwhile: Meanwhile[], passes: Passes, pass: () => Promise<void>): Promise<'done' | 'lost'>
  around(when: 'before' | 'after'): Promise<void>
  skuAt(who: number): string
  /** Calls of Akeneo in the pass that ran last. */
  calls(): number
  differences(): Promise<string[]>
  /** Entries of all feeds. */
  told(): Promise<number>
}

export interface Place {
  sql: Sql
  akeneo: AkeneoSimulator
  rights: Rights
  connection: string
  outputs: readonly OutputName[]
  /** Where files are kept; null: they are not. */
  folder: string | null
  advance: (ms: number) => void
}

export function worldOf({ sql, akeneo, rights, connection, outputs, folder, advance }: Place): World {
  const editor = editorOf(akeneo, rights)
  let traces: Trace[] = []
  let calls = 0
  let planned: Meanwhile[] = []
  let running: Passes | null = null
  const world: World = {
    edit: (edit) => {
      traces.push(editor.edit(edit))
    },
    silent: () => traces.includes('silent'),
    forget: () => {
      // What is hidden stays so until it is shown.
      const hidden =
        Object.keys({ ...rights.attributeGroups, ...rights.locales, ...rights.categories }).length > 0
      traces = hidden ? ['silent'] : []
    },
    doubt: () => {
      traces.push('silent')
    },
    wait: async (seconds) => {
      advance(seconds * 1000)
      await passInDatabase(sql, connection, seconds)
    },
    during: async (meanwhile, passes, pass) => {
      calls = 0
      planned = [...meanwhile]
      running = passes
      try {
        await pass()
        return 'done'
      } catch (error) {
        // The next run finds what it left.
        if (!isRunLost(error)) throw error
        return 'lost'
      } finally {
        // What would have come at a later call comes after it.
        for (const { what } of planned) if (Array.isArray(what)) what.forEach((edit) => world.edit(edit))
        planned = []
      }
    },
    around: async (when) => {
      if (when === 'before') calls += 1
      const due = planned.filter((one) => one.atCall === calls && one.when === when)
      planned = planned.filter((one) => !due.includes(one))
      for (const { what } of due) {
        if (what === 'dies') throw new WorkerDied()
        if (what === 'fails') throw new RunLost()
        if (Array.isArray(what)) what.forEach((edit) => world.edit(edit))
        else if (what === 'overtaken') await running?.overtake()
        else await running?.sync(world.skuAt(what.sync))
      }
    },
    calls: () => calls,
    skuAt: (who) => {
      const skus = [...akeneo.pim.catalog.products.afterIdentifier(undefined)].flatMap(
        ({ identifier }) => identifier ?? [],
      )
      return skus[who % Math.max(skus.length, 1)] ?? 'nobody'
    },
    differences: async () => {
      const found: string[] = []
      for (const output of outputs) {
        const dump: HubRecord[] = []
        for await (const record of recordsOf(sql, connection, output))
          if (record.status !== 'retired') dump.push(record)
        const { differences } = compareDump(
          undecidedAboutLost(akeneo.pim.catalog, oracles[output](akeneo.pim.catalog)),
          dump.map((record): Dumped => ({ ...record })),
        )
        const files = folder === null ? [] : await fileDifferences(akeneo.pim.catalog, dump, folder)
        const told = [...differences, ...files, ...(await feedDifferences(sql, connection, output, dump))]
        found.push(...told.map((line) => `${output}: ${line}`))
      }
      return found
    },
    told: async () => {
      const last = await Promise.all(outputs.map((output) => lastSeq(sql, connection, output)))
      return last.reduce((sum, seq) => sum + Number(seq), 0)
    },
  }
  return world
}

/** The database has a clock of its own: what is due after a time becomes so. */
export async function passInDatabase(sql: Sql, connection: string, seconds: number): Promise<void> {
  const passed = sql`make_interval(secs => ${seconds})`
  await sql`
    update sweep set due_at = due_at - ${passed}, changed_at = changed_at - ${passed} where connection = ${connection}`
  await sql`update rejection set next_attempt = next_attempt - ${passed} where connection = ${connection}`
  await sql`update list_reading set read_at = read_at - ${passed} where connection = ${connection}`
  await sql`update waiting set since = since - ${passed} where connection = ${connection}`
}
