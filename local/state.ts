import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const Started = {
  pid: z.number().int().positive(),
  startedAt: z.string().describe('Start stamp of the process: guards against a reused pid'),
  persistent: z.boolean().describe('Lives on when the process that started it ends'),
  guard: z
    .object({ pid: z.number().int(), startedAt: z.string() })
    .optional()
    .describe('Stops the server when the process that started it ends; absent for persistent ones'),
}

/** A Temporal server that pimflow started. */
export const TemporalRecord = z.object({
  ...Started,
  address: z.string(),
  namespace: z.string(),
  uiUrl: z.string().optional(),
})
export type TemporalRecord = z.infer<typeof TemporalRecord>

/** A PostgreSQL server that pimflow started. The password lies apart, in `postgres.password`. */
export const PostgresRecord = z.object({
  ...Started,
  port: z.number().int(),
  cluster: z.string().describe('Folder of the database files'),
})
export type PostgresRecord = z.infer<typeof PostgresRecord>

const schemas = { temporal: TemporalRecord, postgres: PostgresRecord }
type Records = { [Service in keyof typeof schemas]: z.infer<(typeof schemas)[Service]> }

/** What the data folder remembers of a service; undefined when nothing, or nothing readable, is there. */
export async function readRecord<Service extends keyof Records>(
  dataDir: string,
  service: Service,
): Promise<Records[Service] | undefined> {
  try {
    const text = await readFile(recordFile(dataDir, service), 'utf8')
    return schemas[service].parse(JSON.parse(text)) as Records[Service]
  } catch {
    return undefined
  }
}

/** Replaces the file in one step, so a reader never sees half of it. */
export async function writeRecord<Service extends keyof Records>(
  dataDir: string,
  service: Service,
  record: Records[Service],
): Promise<void> {
  const file = recordFile(dataDir, service)
  await writeFile(`${file}.new`, JSON.stringify(record, null, 2) + '\n', { mode: 0o600 })
  await rename(`${file}.new`, file)
}

export async function removeRecord(dataDir: string, service: keyof Records): Promise<void> {
  await rm(recordFile(dataDir, service), { force: true })
}

/** Creates the data folder. Others may pass through it (PostgreSQL runs as a user of its own under root) but not list it. */
export async function makeDataDir(dataDir: string): Promise<void> {
  const created = await mkdir(dataDir, { recursive: true })
  if (created !== undefined) await chmod(dataDir, 0o711)
}

function recordFile(dataDir: string, service: keyof Records): string {
  return join(dataDir, `${service}.json`)
}
