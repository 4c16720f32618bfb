import { rm } from 'node:fs/promises'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import type { AkeneoLineError } from '../../connectors/akeneo/patch.ts'
import { ContractError, TransientError } from '../../connectors/errors.ts'
import { type HeldFile, markFileTried } from '../../connectors/hub/enrichment/files.ts'
import type { IcecatClient } from '../../connectors/icecat/client.ts'
import { fileNameOf } from '../../domain/enrichment/file-name.ts'
import { lineOf } from '../../domain/enrichment/lines/build-lines.ts'
import { shownAt } from '../../domain/enrichment/plan-writes.ts'
import type { Asset } from '../../domain/enrichment/sheet.ts'
import { notADraft } from './push.ts'
import { createdProblem } from './settle-lines.ts'
import type { ShownRecord, Writing } from './writing.ts'
import { heldForMs, sendWithinMs } from './holds.ts'

/** What became of a file. */
export type FileFate =
  /** It stands there; `code` null: taken away. `bytes`: of an upload, null where an earlier one was used. */
  | { kind: 'placed'; code: string | null; bytes: number | null; ticket: bigint | null; sentAt: Date }
  /** Not tried again until Icecat has another content. */
  | { kind: 'refused'; code: string; message: string }
  /** Nothing of Akeneo's or Icecat's doing; said with every judgement. */
  | { kind: 'problem'; code: string; message: string }
  | { kind: 'overtaken' }
  /** Somebody else has it now. */
  | { kind: 'lost' }
  /** The call would have come too late: it is taken up again at once, by what stands there then. */
  | { kind: 'not-sent'; message: string }
  /** The call may have had its effect, and whoever answers it may still be at it. */
  | { kind: 'later'; message: string }

export interface Placing {
  writing: Writing
  calls: AkeneoCalls
  icecat: IcecatClient
  holder: string
  /** Where its bytes may lie for a while. */
  path: string
  /** One upload for each content, also among those that run at once. */
  once(upload: () => Promise<FileFate>): Promise<{ code: string } | { fate: FileFate }>
}

/** Beyond this nothing is fetched, whatever the attribute takes. */
const largestFile = 200 * 1024 * 1024

/** Brings one file to its place, unless somebody has put another one there since that was decided. */
export async function placeFile(
  placing: Placing,
  file: HeldFile,
  record: ShownRecord | undefined,
): Promise<FileFate> {
  const { asset, base, attempts } = file
  if (record === undefined)
    return { kind: 'problem', code: 'gone', message: 'Akeneo does not show this record any more.' }
  const shown = shownAt(record.values, file)
  const current = typeof shown === 'string' && shown !== '' ? shown : null
  if (current !== base) {
    // An upload whose answer was lost may have been done.
    const isOurs =
      attempts > 0 && current !== null && asset !== null && (await isUploadOf(placing.calls, current, asset))
    if (!isOurs) return { kind: 'overtaken' }
    return { kind: 'placed', code: current, bytes: null, ticket: null, sentAt: new Date() }
  }
  if (asset === null) return setValue(placing, file, record, null)
  return withAsset(placing, file, record, asset)
}

async function withAsset(
  placing: Placing,
  file: HeldFile,
  record: ShownRecord,
  asset: Asset,
): Promise<FileFate> {
  const brought = await placing.once(() => upload(placing, file, record, asset))
  if ('fate' in brought) return brought.fate
  const fate = await setValue(placing, file, record, brought.code)
  // Somebody has thrown the file away in Akeneo: this place gets one of its own.
  return fate.kind === 'refused' ? upload(placing, file, record, asset) : fate
}

async function upload(
  { writing, calls, icecat, holder, path }: Placing,
  file: HeldFile,
  record: ShownRecord,
  asset: Asset,
): Promise<FileFate> {
  const { deps, connection } = writing
  if (record.code === null)
    return {
      kind: 'problem',
      code: 'no-identifier',
      message:
        'Akeneo’s API takes files by identifier, and this product has none: give it one, or put the file there by hand.',
    }
  try {
    const fetched = await icecat.asset(asset.url, { path, maxBytes: largestFor(writing, file.attribute) })
    if (fetched === null)
      return {
        kind: 'refused',
        code: 'asset-gone',
        message: 'Icecat’s sheet names a file that is not there.',
      }
    const { contentType, size } = fetched
    const until = Date.now() + sendWithinMs(connection)
    const leaseMs = heldForMs(connection)
    if (!(await markFileTried(deps.sql, connection.name, file, { holder, leaseMs }))) return { kind: 'lost' }
    const { stream, attribute, locale, scope } = file
    const began = performance.now()
    const outcome = await calls.upload(
      { path, size, contentType, name: fileNameOf(asset, contentType) },
      { stream, name: record.code, attribute, locale, scope },
      { until },
    )
    if (outcome.kind === 'refused')
      return { kind: 'refused', code: String(outcome.status), message: sentence(outcome) }
    await propose(writing, calls, file, record)
    const { code, ticket, date } = outcome
    return { kind: 'placed', code, bytes: size, ticket, sentAt: momentAfter(date, began) }
  } catch (error) {
    if (error instanceof ContractError)
      return { kind: 'refused', code: error.code, message: `${error.asked}: ${error.came}` }
    return passing(error)
  } finally {
    await rm(path, { force: true })
  }
}

/** Sets a value to a file that Akeneo has, or to none. */
async function setValue(
  { writing, calls, holder }: Placing,
  file: HeldFile,
  record: ShownRecord,
  code: string | null,
): Promise<FileFate> {
  const { deps, connection } = writing
  const { stream, attribute, locale, scope } = file
  const until = Date.now() + sendWithinMs(connection)
  const leaseMs = heldForMs(connection)
  if (!(await markFileTried(deps.sql, connection.name, file, { holder, leaseMs }))) return { kind: 'lost' }
  const name = await callName(calls, file, record)
  const owner = { kind: stream === 'products' ? 'product' : 'product-model', key: name } as const
  const line = lineOf(owner, [{ attribute, locale, scope, data: code }], await calls.productsBy())
  const began = performance.now()
  try {
    const { outcomes, ticket, date } = await calls.patch(stream, [line.json], { until })
    const [outcome = { kind: 'unknown' as const }] = outcomes
    switch (outcome.kind) {
      case 'updated':
        await propose(writing, calls, file, record)
        return { kind: 'placed', code, bytes: null, ticket, sentAt: momentAfter(date, began) }
      case 'created': {
        // It was there a moment ago.
        const deletion = stream === 'products' ? await calls.deleteProduct(name) : 'not tried'
        return { kind: 'problem', ...createdProblem(deletion, file, connection.config.akeneo.url) }
      }
      case 'refused':
        return { kind: 'refused', code: String(outcome.status), message: sentence(outcome) }
      case 'unknown':
        return { kind: 'later', message: 'Akeneo’s answer ended before this line' }
    }
  } catch (error) {
    return passing(error)
  }
}

/** What passes with time; anything else ends the run, or is a bug. */
function passing(error: unknown): FileFate {
  if (error instanceof TransientError && error.code === 'too-late')
    return { kind: 'not-sent', message: `${error.asked}: ${error.came}` }
  const isOurWait =
    error instanceof TransientError && ['no-lane', 'not-before', 'too-many-requests'].includes(error.code)
  if (!(error instanceof TransientError) || isOurWait) throw error
  return { kind: 'later', message: `${error.asked}: ${error.came}` }
}

async function propose(
  writing: Writing,
  calls: AkeneoCalls,
  file: HeldFile,
  record: ShownRecord,
): Promise<void> {
  if (writing.write !== 'proposal') return
  const name = await callName(calls, file, record)
  if ((await calls.propose(file.stream, name)) === 'direct') throw notADraft(writing.connection.name, name)
}

/** What calls other than uploads name the record by. */
const callName = async (
  calls: AkeneoCalls,
  { stream, key }: HeldFile,
  record: ShownRecord,
): Promise<string> =>
  stream === 'products' && (await calls.productsBy()) === 'identifier' ? (record.code ?? key) : key

async function isUploadOf(calls: AkeneoCalls, code: string, asset: Asset): Promise<boolean> {
  const file = await calls.mediaFile(code)
  return (
    file !== null &&
    file.original_filename === fileNameOf(asset, file.mime_type) &&
    (asset.size === null || file.size === asset.size)
  )
}

function largestFor({ structure }: Writing, attribute: string): number {
  const most = Number(structure.attributes.get(attribute)?.max_file_size ?? 0)
  return most > 0 ? Math.min(most * 1024 * 1024, largestFile) : largestFile
}

/** By Akeneo's clock, when it had answered: its answer says when it began. */
const momentAfter = (date: Date | null, began: number): Date =>
  new Date((date ?? new Date()).getTime() + performance.now() - began + 1000)

const sentence = ({ message, errors }: { message: string; errors: readonly AkeneoLineError[] }): string =>
  errors.length === 0 ? message : errors.map((error) => error.message).join(' ')
