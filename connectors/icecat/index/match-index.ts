import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { IndexRow } from '../../../domain/enrichment/index-row.ts'
import { ElementCutter } from './element-cutter.ts'
import type { PieceResult } from './matcher.ts'
import { RowReader } from './row-reader.ts'
import type { WatchList } from './watch-list.ts'

/** Pieces under way to the other thread: it must never wait, and memory must stay small. */
const piecesUnderWay = 4
/** Small pieces cost more to hand over than to read. */
const pieceBytes = 512 * 1024

/**
 * A whole index against the watched products, on two cores: this thread unpacks and cuts, another matches. Yields as results
 * come; memory does not depend on the length of the index.
 */
export async function* matchIndex(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  list: WatchList,
  asked: string,
): AsyncGenerator<PieceResult> {
  const thread = startThread(list)
  let underWay: Promise<PieceResult>[] = []
  try {
    for await (const piece of wholeRows(pieces, new ElementCutter(asked))) {
      underWay.push(thread.match(piece))
      if (underWay.length >= piecesUnderWay) {
        const [first, ...rest] = underWay
        underWay = rest
        if (first !== undefined) yield await first
      }
    }
    for (const result of underWay) yield await result
  } finally {
    // Whoever stops early, or fails, leaves promises behind that nobody waits for.
    for (const result of underWay) result.catch(() => undefined)
    await thread.end()
  }
}

/** Rows one after the other, in this thread: for the daily index. */
export async function* indexRows(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  asked: string,
): AsyncGenerator<IndexRow> {
  const reader = new RowReader()
  for await (const piece of wholeRows(pieces, new ElementCutter(asked))) {
    reader.start(piece)
    while (reader.next()) yield reader.row()
  }
}

/** When an index was made, from its first line; the rest is not read. Null where it does not say. */
export async function indexGenerated(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  asked: string,
): Promise<string | null> {
  const cutter = new ElementCutter(asked)
  for await (const piece of pieces) {
    cutter.push(piece)
    if (cutter.generated !== null) break
  }
  return cutter.generated
}

async function* wholeRows(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  cutter: ElementCutter,
): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = []
  let size = 0
  for await (const piece of pieces) {
    gathered.push(piece)
    size += piece.length
    if (size < pieceBytes) continue
    const rows = cutter.push(Buffer.concat(gathered))
    gathered = []
    size = 0
    if (rows !== undefined) yield rows
  }
  const rows = cutter.push(Buffer.concat(gathered))
  if (rows !== undefined) yield rows
  cutter.end()
}

interface MatchThread {
  match(piece: Buffer): Promise<PieceResult>
  end(): Promise<void>
}

function startThread(list: WatchList): MatchThread {
  const worker = createWorker(list)
  const waiting: { resolve: (result: PieceResult) => void; reject: (error: Error) => void }[] = []
  let failure: Error | undefined
  const fail = (error: Error) => {
    failure = error
    for (const { reject } of waiting.splice(0)) reject(error)
  }
  worker.on('message', (result: PieceResult) => waiting.shift()?.resolve(result))
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the thread that matches rows has ended')))
  return {
    match(piece) {
      if (failure) return Promise.reject(failure)
      // Cut to its own memory and handed over, not copied.
      const own = new Uint8Array(piece).buffer
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        worker.postMessage(own, [own])
      })
    },
    async end() {
      await worker.terminate()
    },
  }
}

function createWorker(workerData: WatchList): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./match-worker.js', import.meta.url), { workerData })
  }
  // From sources, a thread must be told to read TypeScript itself: Node 20 gives it none of the process's own loaders.
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs/api')
  const entry = fileURLToPath(new URL('./match-worker.ts', import.meta.url))
  const code = `require(${JSON.stringify(tsx)}).register(); require(${JSON.stringify(entry)})`
  return new Worker(code, { eval: true, workerData })
}
