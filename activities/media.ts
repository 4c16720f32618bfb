import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import { RefusedError, TransientError } from '../connectors/errors.ts'
import {
  collectedCounts,
  countCollected,
  type DueFile,
  endSweep,
  forgetOrphans,
  keepFile,
  knownHashes,
  markTold,
  mediaCounts,
  nextDueFile,
  noteFailure,
  retryFiles,
  setSweepPart,
  sweepPart,
  untold,
  wantAgain,
} from '../connectors/hub/media-files.ts'
import { holdStructure } from '../connectors/hub/publication-locks.ts'
import { type ControlState, controlOf, outcomeCounts, runById, watermarkOf } from '../connectors/hub/runs.ts'
import { enqueue } from '../connectors/hub/waiting.ts'
import type { MediaStore, StoredContent } from '../connectors/media/store.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { MediaReport } from '../contracts/reports.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { activityPolicy } from './policy.ts'
import { claimAndOpen, endRun } from './runs.ts'
import { isRefusedFile, RefusedFiles } from './refused-files.ts'
import { settleWaiting } from './settle.ts'

export interface OpenedMedia {
  /** Null when another run is at it. */
  runId: string | null
  holder: string | null
  policy: ActivityPolicy
}

export interface MediaChunk {
  more: boolean
  state: ControlState
  downloaded: number
}

/** An activity works about this long, so that a stop, a deploy or a pause never waits longer; unit ms. */
const chunkMs = 50_000

/** After so many files the records that name them are made anew: a receiver need not wait for the last of a million. */
const filesPerTelling = 500

/** Longest time of making those records anew; what is left stands in the queue, and the next poll publishes it. Unit ms. */
const tellMs = 30_000

/** A file that Akeneo could not give this often in turn is believed to be at fault, and said so. */
const believedAfter = 3

/** Until a file that could not be had is asked for again: 5 min, 15 min, 45 min … at most a day. */
const waitMinutes = (failures: number) => Math.min(24 * 60, 5 * 3 ** Math.min(failures, 10))

/** Files of an attempt that was given up may still be on their way; unit ms. */
const unfinishedForMs = 24 * 3_600_000

export const createMediaActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** Claims the connection's files for this execution. */
    async openMedia(input: { connection: string; retryRefused: boolean }): Promise<OpenedMedia> {
      const connection = deps.connection(input.connection)
      storeOf(connection)
      const policy = activityPolicy(connection.config)
      const { run, holder } = await claimAndOpen(deps, connection.name, 'media', 'files')
      if (!run) return { runId: null, holder, policy }
      if (input.retryRefused) await retryFiles(sql, connection.name)
      return { runId: run.id.toString(), holder: null, policy }
    },

    /** Downloads what is due, one file after the other, and makes the records anew that name them. */
    async collectFiles(input: { connection: string; runId: string }): Promise<MediaChunk> {
      const connection = deps.connection(input.connection)
      const run = BigInt(input.runId)
      const deadline = Date.now() + chunkMs
      const chunk: MediaChunk = { more: true, state: 'running', downloaded: 0 }
      const refusals = new RefusedFiles()
      while (chunk.more && chunk.state === 'running' && Date.now() < deadline) {
        await downloadSome(connection, run, chunk, refusals, deadline)
        chunk.more = !(await tell(connection, run, Date.now() + tellMs)) || chunk.more
        // What came before it is told all the same.
        if (refusals.ofAll) throw refusals.ofAll
      }
      return chunk
    },

    /** Once a day compares the store with what is known; closes the run. Null: time was up, ask again. */
    async closeMedia(input: {
      connection: string
      runId: string
    }): Promise<{ report: MediaReport | null; destinations?: string[] }> {
      const connection = deps.connection(input.connection)
      const run = await runById(sql, BigInt(input.runId))
      if (!(await sweep(connection, run.id, Date.now() + chunkMs))) return { report: null }
      return sql.begin(async (tx) => {
        const { published } = await outcomeCounts(tx, run)
        const refused = (await mediaCounts(tx, connection.name))?.refused ?? 0
        const report: MediaReport = {
          outcome: refused > 0 ? 'done with rejections' : 'done',
          runId: input.runId,
          ...(await collectedCounts(tx, run.id)),
          refused,
          published,
        }
        await endRun(tx, run, report.outcome, report, false)
        return { report, destinations: await destinationsBehind(tx, connection.config) }
      })
    },
  }

  /** All in one lane, so files never take more than one of Akeneo's calls. */
  async function downloadSome(
    connection: ConnectionRuntime,
    run: bigint,
    chunk: MediaChunk,
    refusals: RefusedFiles,
    deadline: number,
  ): Promise<void> {
    const store = storeOf(connection)
    chunk.more = (await nextDueFile(sql, connection.name)) !== null
    if (!chunk.more) return
    const signal = cancellationSignal()
    const { timeoutMs: downloadMs } = connection.config.media
    const work = async (calls: AkeneoCalls) => {
      for (let count = 0; count < filesPerTelling && Date.now() < deadline; count++) {
        signal.throwIfAborted()
        chunk.state = await controlOf(sql, run)
        if (chunk.state !== 'running') return
        const file = await nextDueFile(sql, connection.name)
        chunk.more = file !== null
        if (file === null) return
        if (await downloadOne(connection, store, calls, run, file, refusals)) chunk.downloaded++
        if (refusals.ofAll) return
      }
    }
    await connection.akeneo.inLane('bulk', signal, work, { downloadMs })
  }

  /** False when it could not be had, which is noted. */
  async function downloadOne(
    { name, config }: ConnectionRuntime,
    store: MediaStore,
    calls: AkeneoCalls,
    run: bigint,
    file: DueFile,
    refusals: RefusedFiles,
  ): Promise<boolean> {
    const believed = file.failures + 1 >= believedAfter
    const failed = (reason: string | null, message: string) =>
      noteFailure(sql, name, file, {
        reason,
        message,
        waitMinutes: reason === null ? 0 : waitMinutes(file.failures),
      })
    try {
      const kept: StoredContent[] = []
      const answer = await calls.download(file, async (body) => {
        kept.push(await store.put(body, { maxBytes: config.media.maxMegabytes * 1024 * 1024 }))
      })
      const content = kept.at(-1)
      if (answer === null || content === undefined) {
        await failed('media-missing', 'Akeneo has no such file')
        return false
      }
      await sql.begin(async (tx) => {
        await keepFile(tx, name, file, { ...content, mimeType: answer.mimeType })
        await countCollected(tx, run, { downloaded: 1, bytes: content.size })
      })
      refusals.forget(file)
      return true
    } catch (error) {
      if (error instanceof RefusedError && error.code === 'file-too-large') {
        await failed('media-too-large', `it has ${error.came}`)
        return false
      }
      if (!mayBeTheFile(error) && !isRefusedFile(error)) throw error
      // Is it the file, or Akeneo? That one which answers nothing at all is an outage, and no file's fault.
      await calls.root()
      if (isRefusedFile(error)) {
        await failed(believed ? 'media-refused' : null, error.came)
        if (!believed) refusals.add(file, error)
      } else await failed(believed ? 'media-no-answer' : null, error.came)
      return false
    }
  }

  /** Makes the records anew whose files are through; false when time ran out. */
  async function tell(
    { name, ...connection }: ConnectionRuntime,
    run: bigint,
    until: number,
  ): Promise<boolean> {
    // A load settles its groups itself, once, when all variants are in.
    if ((await watermarkOf(sql, name))?.load !== 'done') return true
    for (;;) {
      const { files, records } = await untold(sql, name, filesPerTelling)
      if (files.length === 0) return true
      await sql.begin(async (tx) => {
        await holdStructure(tx, name)
        await enqueue(
          tx,
          name,
          records.map((record) => ({ ...record, reason: 'media' as const })),
        )
        await markTold(tx, name, files)
      })
      if (records.length === 0) continue
      const { timeIsUp } = await settleWaiting(deps, { name, ...connection }, run, {
        streams: ['categories', 'product-models', 'products'],
        only: records.map(({ key }) => key),
        until,
      })
      if (timeIsUp) return false
    }
  }

  /** Removes what no record names any more, and asks again for what somebody took out of the store; false when time ran out. */
  async function sweep(connection: ConnectionRuntime, run: bigint, until: number): Promise<boolean> {
    const { name, config } = connection
    const first = await sweepPart(sql, name)
    if (first === null) return true
    const store = storeOf(connection)
    const before = new Date(Date.now() - unfinishedForMs)
    if (first === 0) {
      await forgetOrphans(sql, name, config.media.keepDays)
      await store.removeUnfinished(before)
    }
    for (let part = first; part < 256; part++) {
      if (Date.now() >= until) return false
      const prefix = part.toString(16).padStart(2, '0')
      const [stored, known] = await Promise.all([store.list(prefix), knownHashes(sql, name, prefix)])
      const strays = stored.filter(({ sha256, since }) => !known.has(sha256) && since < before)
      for (const { sha256 } of strays) await store.remove(sha256)
      const there = new Set(stored.map(({ sha256 }) => sha256))
      await wantAgain(
        sql,
        name,
        [...known].filter((sha256) => !there.has(sha256)),
      )
      if (strays.length > 0) await countCollected(sql, run, { removed: strays.length })
      await setSweepPart(sql, name, part + 1)
    }
    await endSweep(sql, name)
    return true
  }
}

/** Failures that one file may have while Akeneo is well. */
const ofTheFile = new Set(['timeout', 'server-error', 'not-the-file', 'unreachable'])

const mayBeTheFile = (error: unknown): error is TransientError =>
  error instanceof TransientError && !error.benign && ofTheFile.has(error.code)

function storeOf({ name, media }: ConnectionRuntime): MediaStore {
  if (media !== null) return media
  throw new RefusedError({
    code: 'media-off',
    asked: `the files of ${name}`,
    came: 'no folder to keep them in',
    remedy:
      'Name a folder (media.folder) in pimflow.config.yaml, start the workers again, then: pimflow sync media',
  })
}
