import { parentPort, workerData } from 'node:worker_threads'
import { Matcher } from './matcher.ts'
import type { WatchList } from './watch-list.ts'

/** The second thread: takes pieces of whole rows, answers with what matches. */
const matcher = new Matcher(workerData as WatchList)

parentPort?.on('message', (piece: ArrayBuffer) => {
  parentPort?.postMessage(matcher.match(Buffer.from(piece)))
})
