import { existsSync } from 'node:fs'
import { open, readFile, rename, writeFile } from 'node:fs/promises'

export interface Result {
  seq: number
  status: 'accepted' | 'refused'
  reason?: string
  externalId?: string
}

/** What was done, one line for each accepted entry. */
interface Line {
  at: string
  key: string
  result: Result
  id: string
  version: number
  active: boolean
}

export interface Known {
  version: number
  active: boolean
  externalId: string | undefined
  /** How often the destination was written to for this record, since the program started. */
  writes: number
}

/** What was accepted, in a file that outlives the program. */
export interface Memory {
  /** What an entry's key was answered with. */
  answered(key: string): Result | undefined
  known(id: string): Known | undefined
  accept(line: Omit<Line, 'at'>): Promise<void>
  /** What was accepted so far is on the disk. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Nothing is delivered again under the same key after that long; unit ms. */
const keepKeysMs = 14 * 86_400_000

export async function openMemory(file: string): Promise<Memory> {
  const results = new Map<string, Result>()
  const records = new Map<string, Known>()
  const kept = await compacted(file)
  for (const { key, result, id, version, active } of kept) {
    results.set(key, result)
    records.set(id, { version, active, externalId: result.externalId, writes: 0 })
  }
  await writeFile(`${file}.new`, kept.map((line) => `${JSON.stringify(line)}\n`).join(''))
  await rename(`${file}.new`, file)
  const journal = await open(file, 'a')

  return {
    answered: (key) => results.get(key),
    known: (id) => records.get(id),
    async accept({ key, result, id, version, active }) {
      const at = new Date().toISOString()
      await journal.appendFile(`${JSON.stringify({ at, key, result, id, version, active })}\n`)
      results.set(key, result)
      const writes = (records.get(id)?.writes ?? 0) + 1
      records.set(id, { version, active, externalId: result.externalId, writes })
    },
    flush: () => journal.datasync(),
    close: () => journal.close(),
  }
}

/** The last line of each record, whatever its age, and of all others those whose keys may still come. */
async function compacted(file: string): Promise<Line[]> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : ''
  const lines = text.split('\n').flatMap(lineIn)
  const last = new Map(lines.map((line) => [line.id, line]))
  const since = new Date(Date.now() - keepKeysMs).toISOString()
  return lines.filter((line) => line.at >= since || last.get(line.id) === line)
}

/** The last line may be cut where the power failed: its entry was not answered, and comes again. */
function lineIn(text: string): Line[] {
  try {
    return [JSON.parse(text) as Line]
  } catch {
    return []
  }
}
