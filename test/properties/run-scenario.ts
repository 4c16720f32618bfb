import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Config, connectionConfig, type OutputMapping } from '../../config.ts'
import { RefusedError } from '../../connectors/errors.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { readMappingFile } from '../../connectors/mapping-file.ts'
import { Secret } from '../../domain/secret.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import type { Rights } from '../../simulator/akeneo/options.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import type { Action, Scenario } from './actions.ts'
import { playInProcess } from './in-process.ts'
import { movingDate } from './moving-date.ts'
import type { Passes, Player } from './passes.ts'
import { type World, worldOf } from './world.ts'

const catalog = 'test/properties/catalog'

/** The longest that Akeneo's search may trail an edit so that the next poll still brings it; unit seconds. */
const promisedLagSeconds = 300

/** Plays one scenario on a simulator of its own and answers what the hub then holds otherwise than the plain reading. */
export const runScenario = (
  databaseUrl: string,
  scenario: Scenario,
  player: Player = playInProcess,
): Promise<string[]> =>
  inWorld(databaseUrl, scenario, ({ world, passes }) => play(world, passes, scenario), player)

export interface Stage {
  world: World
  passes: Passes
  sql: Sql
  akeneo: AkeneoSimulator
  connection: string
}

type Setting = Omit<Scenario, 'before' | 'actions'>

/** What Temporal's back-off comes to after some refusals. */
const backOffSeconds = 10

const tradeFile = 'test/properties/trade.hub.yaml'

/** A simulator, a connection of its own in the database, and time that stands still. */
export async function inWorld<T>(
  databaseUrl: string,
  scenario: Setting,
  work: (stage: Stage) => Promise<T>,
  player: Player = playInProcess,
): Promise<T> {
  const date = movingDate()
  const rights: Rights = { locales: {}, attributeGroups: {}, categories: {} }
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
  const folder = scenario.files === true ? await mkdtemp(join(tmpdir(), 'pimflow-files-')) : null
  const config: Config = {
    version: 1,
    tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
    temporal: { taskQueue: connection },
    database: { url: databaseUrl, poolSize: 4, prepare: true },
    connections: [
      connectionConfig({
        name: connection,
        ...(scenario.trade === true ? { outputs: twoOutputs } : {}),
        ...(folder === null ? {} : { media: { folder } }),
        products: { skipRelatedPrerequisite: scenario.hasty === true },
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
  const deps = await openDependencies(config, scenario.trade === true ? [tradeMapping(connection)] : [])
  const world = worldOf({
    sql: deps.sql,
    akeneo,
    rights,
    connection,
    outputs: scenario.trade === true ? ['shop', 'trade'] : ['shop'],
    folder,
    advance: (ms) => date.advance(ms),
  })
  const { passes, end } = player(
    deps,
    connection,
    (when) => world.around(when),
    () => world.wait(backOffSeconds),
  )
  try {
    return await work({ world, passes, sql: deps.sql, akeneo, connection })
  } finally {
    end()
    await deps.close()
    await akeneo.close()
    if (folder !== null) await rm(folder, { recursive: true })
    date.restore()
  }
}

const twoOutputs = [
  { name: 'shop', channel: 'shop' },
  { name: 'trade', mapping: tradeFile },
]

function tradeMapping(connection: string): OutputMapping {
  const file = { name: basename(tradeFile), text: readFileSync(tradeFile, 'utf8') }
  const { mapping, problems } = readMappingFile(file)
  if (!mapping || problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
  return { connection, output: 'trade', path: tradeFile, read: { file, mapping } }
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
  if (differences.length > 0) return ['after the weekly pass', ...differences]
  const told = await world.told()
  await passes.poll()
  const more = (await world.told()) - told
  return more === 0 ? [] : [`a poll without a change told of ${more} records`]
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
