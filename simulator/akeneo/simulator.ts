import { akeneoFault } from '../fault-rules.ts'
import { Apps } from './apps/apps.ts'
import { backOffice } from './back-office.ts'
import { userUuid } from './catalog/deterministic.ts'
import { movableClock, type Clock } from '../clock.ts'
import { controlApi } from './control.ts'
import { exportCatalog } from './csv/export-catalog.ts'
import { loadCatalog, loadOverlay } from './csv/load-catalog.ts'
import { EventsApi } from './events/events-api.ts'
import { EventPlatform } from './events/platform.ts'
import { ApiError } from './errors.ts'
import { Faults, type FaultRule } from './faults.ts'
import { createLimits } from './http/limits.ts'
import { createRouter, type Route } from './http/router.ts'
import { createServer } from './http/server.ts'
import { createTokens } from './http/tokens.ts'
import { installEmptyPim } from './install/empty-pim.ts'
import type { Json, JsonObject } from './json.ts'
import { settingsOf, type AkeneoOptions } from './options.ts'
import { Pim } from './pim.ts'
import { RequestLog, type Counters, type RequestRecord } from '../request-log.ts'
import { apiRoutes } from './resources/index.ts'
import { installShape } from './shapes/install-shape.ts'
import { applyEdit } from './write/edit.ts'

export interface Edit {
  resource: 'product' | 'product-model' | 'category'
  code: string
  /** An Akeneo PATCH body. */
  patch: object
}

export interface AkeneoSimulator {
  url: string
  credentials: { clientId: string; clientSecret: string; username: string; password: string }
  clock: Clock
  /** What it holds: for tests that read it beside the API, or write what the API has no call for, such as a deleted attribute. */
  pim: Pim
  /** Applies PATCH bodies as the API would, dated `at` or now; throws with the code of the record that was refused. */
  edit(edits: Edit[], at?: Date): void
  /** Remembers the catalogue under a name; clock, tokens, faults and the request log are no part of it. */
  snapshot(name?: string): void
  /** Brings the catalogue back as it was; throws when nothing was remembered under that name. */
  restore(name?: string): void
  snapshots(): string[]
  /** Writes the catalogue as Akeneo's import files; returns the rows of each file. */
  exportTo(folder: string): Record<string, number>
  requests(): RequestRecord[]
  counters(): Counters
  resetRequests(): void
  fault(rule: FaultRule): void
  clearFaults(): void
  revokeTokens(): void
  /** What people do on Akeneo's own pages and its API has no call for: publish, approve, regenerate a secret … */
  backOffice: Record<string, (body: JsonObject) => Json>
  close(): Promise<void>
}

/** Starts an Akeneo on 127.0.0.1; takes milliseconds for an empty one. */
export async function startAkeneo(options: AkeneoOptions = {}): Promise<AkeneoSimulator> {
  const settings = settingsOf(options)
  const clock = movableClock()
  const pim = new Pim(settings, clock)
  if (settings.shape !== undefined) installShape(pim, settings.shape, settings.createdPerSecond)
  else if (settings.catalog === undefined) installEmptyPim(pim)
  else loadCatalog(pim, settings.catalog)

  if (settings.overlay !== undefined) loadOverlay(pim, settings.overlay)

  const log = new RequestLog()
  const faults = new Faults()
  const apps = new Apps(settings, clock)
  const tokens = createTokens(settings, clock, apps)
  let origin = ''
  const eventsApi = new EventsApi(pim, () => origin)
  const platform = new EventPlatform(pim, () => origin)
  pim.listeners.push(
    (change) => eventsApi.hear(change),
    (change) => platform.hear(change),
  )
  const routes: Route[] = apiRoutes(pim, tokens, apps, platform)

  const { clientId, clientSecret, username, password } = settings
  const remembered = new Map<string, () => void>()
  const handles: Omit<AkeneoSimulator, 'url' | 'close'> = {
    credentials: { clientId, clientSecret, username, password },
    clock,
    pim,
    edit(edits, at) {
      pim.writingAt(at, () => {
        for (const edit of edits) {
          try {
            applyEdit(pim, edit)
          } catch (error) {
            if (!(error instanceof ApiError)) throw error
            throw new Error(`${edit.resource} "${edit.code}" was refused: ${JSON.stringify(error.body())}`, {
              cause: error,
            })
          }
        }
      })
    },
    snapshot(name = 'default') {
      remembered.set(name, pim.snapshot())
    },
    restore(name = 'default') {
      const restore = remembered.get(name)
      if (restore === undefined) throw new Error(`There is no snapshot "${name}".`)
      restore()
    },
    snapshots: () => [...remembered.keys()],
    exportTo: (folder) => exportCatalog(pim, folder),
    requests: () => log.records(),
    counters: () => log.counters(),
    resetRequests: () => log.reset(),
    fault: (rule) => faults.add(akeneoFault(rule)),
    clearFaults: () => faults.clear(),
    revokeTokens: () => tokens.revokeAll(),
    backOffice: backOffice(pim, { tokens, apps, eventsApi, platform }),
  }
  const state = () => ({
    now: clock.now().toISOString(),
    products: pim.catalog.products.size,
    productModels: pim.catalog.models.size,
    categories: pim.catalog.categories.size,
    families: pim.catalog.families.size,
    attributes: pim.catalog.attributes.size,
    faults: faults.state() as unknown as [],
    users: Object.fromEntries(settings.connections.map(({ username }) => [username, userUuid(username)])),
  })
  const app = await createServer({
    settings,
    clock,
    log,
    faults,
    tokens,
    limits: createLimits(settings, log, apps),
    router: createRouter(routes),
    control: controlApi(handles, state),
  })
  const url = await app.listen({ host: '127.0.0.1', port: settings.port })
  origin = url
  return {
    url,
    ...handles,
    async close() {
      eventsApi.close()
      platform.close()
      await app.close()
    },
  }
}
