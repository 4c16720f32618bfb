import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { movableClock, type Clock } from '../clock.ts'
import { Faults } from '../akeneo/faults.ts'
import { icecatFault } from '../fault-rules.ts'
import { RequestLog, type Counters, type RequestRecord } from '../request-log.ts'
import { createAccounts } from './accounts.ts'
import { emptyCatalogue } from './catalogue/catalogue.ts'
import { loadCatalogue } from './catalogue/load-catalogue.ts'
import { loadFeaturesList } from './catalogue/load-features-list.ts'
import { loadSheets } from './catalogue/load-sheets.ts'
import { controlApi } from './control.ts'
import type { IcecatFault } from './faults.ts'
import { createServer } from './http/server.ts'
import { settingsOf, type Account, type IcecatOptions } from './options.ts'
import { World, type ProductEdit } from './world.ts'

export interface IcecatSimulator {
  /** All doors stand below this one address. */
  url: string
  credentials: Account[]
  clock: Clock
  /** Changes content as an editor at Icecat would; the night's index shows it later. */
  edit(edit: ProductEdit): void
  /** What was known only becomes a sheet. */
  describe(id: string): void
  /** Gone from now on, and marked as removed in the next daily index. */
  remove(id: string): void
  /** From Full to Open, say, while a client is at work. */
  subscribe(account: string, subscription: 'open' | 'full'): void
  /** Makes the indexes now instead of at night. */
  generateIndex(): void
  /** No index is made any more: a stale one. */
  freezeIndex(frozen: boolean): void
  indexGeneratedAt(): Date
  requests(): RequestRecord[]
  counters(): Counters
  resetRequests(): void
  fault(rule: IcecatFault): void
  clearFaults(): void
  revokeTokens(): void
  close(): Promise<void>
}

const DAY_MS = 86_400_000

/** Two folders up from the sources, three from what is built of them. */
const exampleFolder = (): string =>
  ['../../examples/icecat', '../../../examples/icecat']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path)) ?? 'examples/icecat'

/** Starts an Icecat on 127.0.0.1, with the invented catalogue unless a folder of sheets is given. */
export async function startIcecat(options: IcecatOptions = {}): Promise<IcecatSimulator> {
  const settings = settingsOf(options)
  const clock = movableClock()
  const world = new World(emptyCatalogue(), clock)
  const { catalogue: folder = settings.sheets === undefined ? exampleFolder() : undefined, sheets } = settings
  if (folder !== undefined) loadCatalogue(world.catalogue, folder, clock.now())
  if (sheets !== undefined) {
    loadSheets(world.catalogue, sheets)
    const list = join(sheets, 'features-list.csv')
    if (existsSync(list)) loadFeaturesList(world.catalogue, list)
  }

  const log = new RequestLog()
  const faults = new Faults()
  const accounts = createAccounts(settings)
  const index = nightlyIndex(clock, settings.nightlyHour)
  const handles: Omit<IcecatSimulator, 'url' | 'close' | 'credentials'> = {
    clock,
    edit: (edit) => world.edit(edit),
    describe: (id) => world.describe(id),
    remove: (id) => world.remove(id),
    subscribe(name, subscription) {
      accounts.byName(name).subscription = subscription
    },
    generateIndex: index.generate,
    freezeIndex: index.freeze,
    indexGeneratedAt: index.generatedAt,
    requests: () => log.records(),
    counters: () => log.counters(),
    resetRequests: () => log.reset(),
    fault: (rule) => faults.add(icecatFault(rule)),
    clearFaults: () => faults.clear(),
    revokeTokens: () => accounts.revokeTokens(),
  }
  const state = () => ({
    now: clock.now().toISOString(),
    indexGeneratedAt: index.generatedAt().toISOString(),
    products: world.catalogue.products.size,
    brands: world.catalogue.brands.size,
    categories: world.catalogue.categories.size,
    features: world.catalogue.features.size,
    faults: faults.state(),
  })
  const server = createServer({
    settings,
    world,
    accounts,
    clock,
    log,
    faults,
    generatedAt: index.generatedAt,
    revokeTokens: handles.revokeTokens,
    control: controlApi(handles, state),
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    credentials: settings.accounts,
    ...handles,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** When the last night's indexes were made, which `generate` and `freeze` change. */
function nightlyIndex(clock: Clock, hour: number) {
  let made: Date | undefined
  let frozen: Date | undefined
  const lastNight = () => {
    const now = clock.now()
    const night = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour))
    return night.getTime() <= now.getTime() ? night : new Date(night.getTime() - DAY_MS)
  }
  const generatedAt = () => {
    if (frozen !== undefined) return frozen
    const night = lastNight()
    // The clock may have been set back before it.
    if (made !== undefined && made.getTime() <= clock.now().getTime() && made > night) return made
    return night
  }
  return {
    generatedAt,
    generate: () => {
      made = clock.now()
    },
    freeze: (on: boolean) => {
      frozen = on ? generatedAt() : undefined
    },
  }
}
