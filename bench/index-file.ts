import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { generatedIndex } from '../simulator/icecat/index.ts'

export interface IndexNumbers {
  rows: number
  watched: number
  /** Watched products that were found; all that stand in the file, or the benchmark fails. */
  matches: number
  rowsPerSecond: number
  /** The most that the reading process held at any time. */
  rssMiB: number
  seconds: number
  cpuSeconds: number
  fileMiB: number
  bytesPerRow: number
}

const MATCH = fileURLToPath(new URL('./index-match.ts', import.meta.url))
/** What a whole index has, so that a million watched products are spread over it as they would be. */
const WHOLE_INDEX = 27_000_000

/** Writes an index of made-up rows as Icecat packs them, then reads it against the watched products; only that is measured. */
export async function benchIndex(rows: number, watched = 1_000_000): Promise<IndexNumbers> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-index-'))
  const file = join(folder, 'files.index.xml.gz')
  try {
    let bytes = 0
    const pieces = Readable.from(counted(), { objectMode: true })
    await pipeline(pieces, createGzip({ level: 1 }), createWriteStream(file))
    const stride = Math.floor(WHOLE_INDEX / watched)
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--import', 'tsx', MATCH, file, String(watched), String(stride)],
    ])
    const read = JSON.parse(stdout) as {
      rows: number
      matches: number
      seconds: number
      cpuSeconds: number
      rssMiB: number
    }
    const expected = Math.min(watched, Math.ceil(rows / stride))
    if (read.rows !== rows) throw new Error(`${read.rows} rows were read of ${rows}`)
    if (read.matches !== expected) throw new Error(`${read.matches} products were found of ${expected}`)
    return {
      rows,
      watched,
      matches: read.matches,
      rowsPerSecond: Math.round(rows / read.seconds),
      rssMiB: read.rssMiB,
      seconds: Math.round(read.seconds * 10) / 10,
      cpuSeconds: Math.round(read.cpuSeconds * 10) / 10,
      fileMiB: Math.round((await stat(file)).size / 1024 / 1024),
      bytesPerRow: Math.round(bytes / rows),
    }

    function* counted(): Generator<Buffer> {
      for (const text of generatedIndex({ rows, seed: 11 })) {
        const piece = Buffer.from(text)
        bytes += piece.length
        yield piece
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
