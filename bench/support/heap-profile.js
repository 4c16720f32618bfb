// Loaded into a worker before all else (`--import`): samples what allocates memory, also what is collected soon after, and
// writes `worker-PID.heapprofile` into the folder that PIMFLOW_HEAP_PROFILE_DIR names when the process ends. Chrome's DevTools open it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import process from 'node:process'
import { isMainThread } from 'node:worker_threads'

const SAMPLE_EVERY_BYTES = 128 * 1024

const folder = process.env['PIMFLOW_HEAP_PROFILE_DIR']
if (isMainThread && folder !== undefined) {
  const session = new Session()
  session.connect()
  session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLE_EVERY_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  process.once('exit', () => {
    session.post('HeapProfiler.stopSampling', (error, answer) => {
      if (error !== null) return
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `worker-${process.pid}.heapprofile`), JSON.stringify(answer.profile))
    })
  })
}
