import { randomBytes } from 'node:crypto'
import { type Config, connectionConfig } from '../../config.ts'
import { RefusedError } from '../../connectors/errors.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { recordsOf } from '../../connectors/hub/records.ts'
import { Secret } from '../../domain/secret.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import type { Rights } from '../../simulator/akeneo/options.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { compareDump, type Dumped } from '../oracle/compare.ts'
import { oracleFromState } from '../oracle/from-simulator.ts'
import type { Action, Edit, Meanwhile, Scenario } from './actions.ts'
import { editorOf, type Trace } from './edits.ts'
import { movingDate } from './moving-date.ts'
import { inProcess, type Passes, RunLost, WorkerDied } from './passes.ts'

const catalog = 'test/properties/catalog'
const output = 'shop'

/** The longest that Akeneo's search may trail an edit so that the next poll still brings it; unit seconds. */
const promisedLagSeconds = 300

/** Plays one scenario on a simulator of its own and answers what the hub then holds otherwise than the plain reading. */
export const runScenario = (databaseUrl: string, scenario: Scenario): Promise<string[]> =>
  inWorld(databaseUrl, scenario, ({ world, passes }) => play(world, passes, scenario))

export interface Stage {
  world: World
  passes: Passes
  sql: Sql
  akeneo: AkeneoSimulator
  connection: string
}

type Lags = Pick<Scenario, 'skewSeconds' | 'searchLagSeconds' | 'variantLagSeconds'>

/** A simulator, a connection of its own in the database, and time that stands still. */
export async function inWorld<T>(
  databaseUrl: string,
  scenario: Lags,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const date = movingDate()
  const rights: Rights = { locales: {}, attributeGroups: {} }
  const user = { code: 'hub', clientId: 'c', clientSecret: 's', username: 'u', password: 'p', rights }
  const akeneo = await startAkeneo({
    catalog,
    connections: [user],
    searchLagMs: scenario.searchLagSeconds * 1000,
    variantLagMs: scenario.variantLagSeconds * 1000,
  })
  akeneo.clock.advance(scenario.skewSeconds * 1000)
  const connection = `c${randomBytes(6).toString('hex')}`
  const { clientId, clientSecret, username, password } = user
  const config: Config = {
    version: 1,
    tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
    temporal: { taskQueue: connection },
    database: { url: databaseUrl, poolSize: 4, prepare: true },
    connections: [
      connectionConfig({
        name: connection,
        akeneo: {
          url: akeneo.url,
          clientId,
          clientSecret,
          username,
          password,
          // The pace is no part of what is looked at here.
          throttle: { perSecond: 10_000 },
        },
      }),
    ],
  }
  const deps = await openDependencies(config)
  try {
    const world = worldOf(deps.sql, akeneo, rights, connection, (ms) => date.advance(ms))
    const passes = inProcess(deps, connection, (when) => world.around(when))
    return await work({ world, passes, sql: deps.sql, akeneo, connection })
  } finally {
    await deps.close()
    await akeneo.close()
    date.restore()
  }
}

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
}

export function worldOf(
  sql: Sql,
  akeneo: AkeneoSimulator,
  rights: Rights,
  connection: string,
  advance: (ms: number) => void,
): World {
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
      const hidden = Object.keys({ ...rights.attributeGroups, ...rights.locales }).length > 0
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
        if (!isLost(error)) throw error
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
      const dump: Dumped[] = []
      for await (const record of recordsOf(sql, connection, output))
        if (record.status !== 'retired') dump.push({ ...record })
      return compareDump(oracleFromState(akeneo.pim.catalog), dump).differences
    },
  }
  return world
}

const isLost = (error: unknown): boolean =>
  error instanceof RunLost || (error instanceof Error && error.cause !== undefined && isLost(error.cause))

/** The database has a clock of its own: what is due after a time becomes so. */
async function passInDatabase(sql: Sql, connection: string, seconds: number): Promise<void> {
  const passed = sql`make_interval(secs => ${seconds})`
  await sql`
    update sweep set due_at = due_at - ${passed}, changed_at = changed_at - ${passed} where connection = ${connection}`
  await sql`update rejection set next_attempt = next_attempt - ${passed} where connection = ${connection}`
  await sql`update list_reading set read_at = read_at - ${passed} where connection = ${connection}`
  await sql`update waiting set since = since - ${passed} where connection = ${connection}`
}

/** Plays the scenario, and looks at the hub whenever a promise says that it must hold what Akeneo holds. */
export async function play(world: World, passes: Passes, scenario: Scenario): Promise<string[]> {
  for (const edit of scenario.before) world.edit(edit)
  await passes.categories()
  await firstLoad(world, passes, scenario)
  world.forget()
  for (const action of scenario.actions) {
    // What only a night brings, this one does, save what happens while it runs.
    if (action.do === 'night') world.forget()
    if ((await act(world, passes, action)) === 'lost' && action.do === 'night') world.doubt()
    if ((action.do !== 'poll' && action.do !== 'night') || world.silent()) continue
    const differences = await afterPolls(world, passes, scenario)
    if (differences.length > 0) return [`after polls, at ${JSON.stringify(action)}`, ...differences]
  }
  world.edit({ do: 'show' })
  await world.wait(Math.max(scenario.searchLagSeconds, scenario.variantLagSeconds) + 1)
  await everything(passes)
  await world.wait(26 * 3600)
  await everything(passes)
  const differences = await world.differences()
  return differences.length > 0 ? ['after the weekly pass', ...differences] : []
}

/** While the search shows no product by its own date, nothing is loaded: the next tick tries again. */
async function firstLoad(world: World, passes: Passes, { searchLagSeconds }: Scenario): Promise<void> {
  try {
    await passes.load()
  } catch (error) {
    if (!(error instanceof RefusedError && error.code === 'search-time-zone')) throw error
    await world.wait(searchLagSeconds + 1)
    await passes.load()
  }
}

async function act(world: World, passes: Passes, action: Action): Promise<'done' | 'lost'> {
  switch (action.do) {
    case 'poll':
      return world.during(action.meanwhile, passes, () => passes.poll())
    case 'reconcile':
      return world.during(action.meanwhile, passes, async () => {
        await passes.reconcile({ content: false })
      })
    case 'night':
      return world.during(action.meanwhile, passes, () => everything(passes))
    case 'sync':
      await passes.sync(world.skuAt(action.who))
      return 'done'
    case 'wait':
      await world.wait(action.seconds)
      return 'done'
    default:
      world.edit(action)
      return 'done'
  }
}

/** What the schedules of a week bring: trees, changes, what left, what changed unseen. */
async function everything(passes: Passes): Promise<void> {
  await passes.categories()
  await passes.poll()
  await passes.reconcile({ content: true })
  await passes.poll()
}

/** Once the search shows all, the next poll has it; variants that it shows later come with the looks at their model. */
async function afterPolls(world: World, passes: Passes, { searchLagSeconds, variantLagSeconds }: Scenario) {
  await world.wait(Math.min(searchLagSeconds + 1, promisedLagSeconds))
  await passes.poll()
  if (variantLagSeconds > 0) {
    // So late that the window of the polls has gone on: the look at the model's variants alone brings them.
    await world.wait(promisedLagSeconds + 100)
    await passes.poll()
    await world.wait(variantLagSeconds + 900)
    await passes.poll()
  }
  return world.silent() ? [] : world.differences()
}
