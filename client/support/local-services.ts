import { projectDataDir } from '../../local/paths.ts'
import { ensurePostgres } from '../../local/postgres.ts'
import { isAlive } from '../../local/processes.ts'
import { readRecord, type TemporalRecord } from '../../local/state.ts'

/** The Temporal server that `pimflow up` (or a demo) started from this folder and that still runs. */
export async function runningTemporal(): Promise<TemporalRecord | undefined> {
  const record = await readRecord(projectDataDir(), 'temporal')
  return record !== undefined && isAlive(record) ? record : undefined
}

/** Address of the database that was started from this folder and still runs; none is started. */
export async function runningDatabase(): Promise<string | undefined> {
  const dataDir = projectDataDir()
  const record = await readRecord(dataDir, 'postgres')
  if (record === undefined || !isAlive(record)) return undefined
  return (await ensurePostgres({ dataDir })).url
}
