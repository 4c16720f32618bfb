import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import type { PatchedStream } from '../../connectors/akeneo/patch.ts'
import { type HeldFile, nextFileMs, releaseFiles, takeFiles } from '../../connectors/hub/enrichment/files.ts'
import { nameOf } from '../../connectors/hub/enrichment/record.ts'
import { uploadedCodes } from '../../connectors/hub/enrichment/values.ts'
import { controlOf } from '../../connectors/hub/runs.ts'
import type { IcecatClient } from '../../connectors/icecat/client.ts'
import type { EnrichmentChunk, EnrichmentChunkDone } from '../../contracts/processes.ts'
import type { Dependencies } from '../dependencies.ts'
import { icecatOf } from './context.ts'
import { inLanes } from '../reading/in-lanes.ts'
import { type FileFate, placeFile } from './place-file.ts'
import { settleFile } from './settle-file.ts'
import { heldForMs } from './holds.ts'
import { openWriting, readByKey, type ShownRecord, type Writing } from './writing.ts'

/** An activity works about this long; unit ms. */
const chunkMs = 50_000

/** Taken together: what stands in their places is read in one call. */
const filesPerTaking = 40

export const createUploadActivities = (deps: Dependencies) => ({
  /** Brings files from Icecat into Akeneo: each content once, in constant memory, and only where nobody has put another file. */
  async uploadFiles(input: EnrichmentChunk): Promise<EnrichmentChunkDone> {
    const writing = await openWriting(deps, input)
    const icecat = icecatOf(writing.connection)
    const signal = cancellationSignal()
    const folder = await mkdtemp(join(tmpdir(), 'pimflow-files-'))
    const until = Date.now() + chunkMs
    const result: EnrichmentChunkDone = { done: 0, more: false, waitMs: null }
    try {
      // Files need no lane of the account: they are few and long.
      await icecat.inLane('live', signal, async (client) => {
        const uploads = new Uploads(writing, client, folder)
        for (;;) {
          signal.throwIfAborted()
          result.more = Date.now() >= until || (await controlOf(deps.sql, writing.run)) !== 'running'
          if (result.more) return
          const files = await takeFiles(deps.sql, input.connection, {
            holder: uploads.holder,
            leaseMs: 4 * heldForMs(writing.connection),
            most: filesPerTaking,
            only: input.only,
          })
          if (files.length === 0) return
          result.done += await uploads.bring(files, until)
        }
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    if (!result.more) result.waitMs = await nextFileMs(deps.sql, input.connection, input.only)
    return result
  },
})

class Uploads {
  readonly holder = randomUUID()
  readonly #writing: Writing
  readonly #icecat: IcecatClient
  readonly #folder: string
  /** Akeneo's code of a content that one lane is uploading, for those that need it too; null: it came to nothing. */
  readonly #underWay = new Map<string, Promise<string | null>>()

  constructor(writing: Writing, icecat: IcecatClient, folder: string) {
    this.#writing = writing
    this.#icecat = icecat
    this.#folder = folder
  }

  /** Each record by one lane; returns how many files are through with. What time is too short for goes back. */
  async bring(files: readonly HeldFile[], until: number): Promise<number> {
    const { deps, connection, lane } = this.#writing
    const known = await uploadedCodes(deps.sql, connection.name, [
      ...new Set(files.map(({ assetKey }) => assetKey)),
    ])
    for (const [content, code] of known) this.#underWay.set(content, Promise.resolve(code))
    const queue = [...byRecord(files)]
    const width = lane === 'live' ? 1 : Math.min(connection.config.akeneo.throttle.concurrency, queue.length)
    let reading: Promise<Map<string, ShownRecord>> | undefined
    const read = (calls: AkeneoCalls) => (reading ??= this.#read(calls, files))
    let done = 0
    try {
      await inLanes(this.#writing, width, cancellationSignal(), async (calls) => {
        const shown = await read(calls)
        for (let own = queue.shift(); own !== undefined && Date.now() < until; own = queue.shift())
          for (const file of own) if (await this.#bring(calls, file, shown.get(nameOf(file)))) done++
      })
    } finally {
      await releaseFiles(deps.sql, connection.name, this.holder)
    }
    return done
  }

  async #read(calls: AkeneoCalls, files: readonly HeldFile[]): Promise<Map<string, ShownRecord>> {
    const shown = new Map<string, ShownRecord>()
    for (const stream of ['product-models', 'products'] as const satisfies readonly PatchedStream[]) {
      const keys = [...new Set(files.filter((file) => file.stream === stream).map(({ key }) => key))]
      if (keys.length === 0) continue
      for (const [key, record] of await readByKey(this.#writing, calls, stream, keys))
        shown.set(nameOf({ stream, key }), record)
    }
    return shown
  }

  async #bring(calls: AkeneoCalls, file: HeldFile, record: ShownRecord | undefined): Promise<boolean> {
    const fate = await placeFile(
      {
        writing: this.#writing,
        calls,
        icecat: this.#icecat,
        holder: this.holder,
        path: join(this.#folder, randomUUID()),
        once: (upload) => this.#once(file.assetKey, upload),
      },
      file,
      record,
    )
    await settleFile(this.#writing, this.holder, file, fate)
    return fate.kind !== 'later' && fate.kind !== 'not-sent'
  }

  /** The code of a content that was or is being uploaded; else what becomes of this upload. */
  async #once(
    content: string,
    upload: () => Promise<FileFate>,
  ): Promise<{ code: string } | { fate: FileFate }> {
    for (let before = this.#underWay.get(content); before; before = this.#underWay.get(content)) {
      const code = await before
      if (code !== null) return { code }
      // It came to nothing: the first of those that waited tries its own.
      if (this.#underWay.get(content) === before) this.#underWay.delete(content)
    }
    // Nothing is awaited between the look and the note, or two lanes would both find none.
    const own = upload()
    // Its failure is told to who made it.
    this.#underWay.set(
      content,
      own.then(
        (fate) => (fate.kind === 'placed' ? fate.code : null),
        () => null,
      ),
    )
    return { fate: await own }
  }
}

function byRecord(files: readonly HeldFile[]): Iterable<HeldFile[]> {
  const records = new Map<string, HeldFile[]>()
  for (const file of files) records.set(nameOf(file), [...(records.get(nameOf(file)) ?? []), file])
  return records.values()
}
