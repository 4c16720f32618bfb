import { join } from 'node:path'
import { searchAttributes } from '../contracts/names.ts'
import { withLock } from './lock.ts'
import { ensurePostgres, stopPostgres, type LocalPostgres } from './postgres.ts'
import type { SearchAttributeType } from './search-attributes.ts'
import { makeDataDir } from './state.ts'
import { ensureTemporal, stopTemporal, type LocalTemporal } from './temporal.ts'

/** What a local Temporal server must know before the first workflow runs: an unknown attribute fails its tasks for ever. */
const types: Record<keyof typeof searchAttributes, SearchAttributeType> = {
  connection: 'Keyword',
  process: 'Keyword',
  outcome: 'Keyword',
  rejected: 'Int',
}

/** Search attributes by the name that the server knows them by. */
export const localSearchAttributes: Record<string, SearchAttributeType> = Object.fromEntries(
  (Object.keys(types) as (keyof typeof types)[]).map((key) => [searchAttributes[key], types[key]]),
)

export interface LocalServices {
  temporal: LocalTemporal
  postgres: LocalPostgres
  /** Stops what this call started; what was found running stays. */
  stop(): Promise<void>
}

export interface ServicesOptions {
  /** `.pimflow` of the project (`projectDataDir()`). */
  dataDir: string
  onProgress?: ((text: string) => void) | undefined
  /** `pimflow up`: runs on until `pimflow down`. Else both end with this process, however it ends. */
  persistent?: boolean | undefined
}

/** Finds or starts both services at once. When one of them is missing, the other is not left running. */
export async function startServices(options: ServicesOptions): Promise<LocalServices> {
  const [temporal, postgres] = await Promise.allSettled([
    ensureTemporal({ ...options, searchAttributes: localSearchAttributes }),
    ensurePostgres(options),
  ])
  if (temporal.status === 'fulfilled' && postgres.status === 'fulfilled') {
    return {
      temporal: temporal.value,
      postgres: postgres.value,
      async stop() {
        await Promise.all([temporal.value.stop(), postgres.value.stop()])
      },
    }
  }
  for (const service of [temporal, postgres]) {
    if (service.status === 'fulfilled') await service.value.stop()
  }
  throw temporal.status === 'rejected' ? temporal.reason : (postgres as PromiseRejectedResult).reason
}

/** What `stopServices` ended: the address of each service that was running. */
export interface StoppedServices {
  temporal: string | undefined
  postgres: string | undefined
}

/** Stops what was started from this data folder and nothing else; servers that the environment names are not touched. */
export async function stopServices(options: {
  dataDir: string
  onProgress?: ((text: string) => void) | undefined
}): Promise<StoppedServices> {
  const { dataDir, onProgress = () => undefined } = options
  await makeDataDir(dataDir)
  const locked = <T>(name: string, stop: () => Promise<T>): Promise<T> =>
    withLock(join(dataDir, `${name}.lock`), stop, (pid) =>
      onProgress(`waiting for process ${pid}, which is starting ${name}`),
    )
  const [temporal, postgres] = await Promise.all([
    locked('temporal', () => stopTemporal(dataDir)),
    locked('postgres', () => stopPostgres(dataDir)),
  ])
  return { temporal, postgres }
}
