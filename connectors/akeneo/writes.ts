import { z } from 'zod'
import type { HttpAnswer } from '../http.ts'
import { dateOf } from '../http-headers.ts'
import { akeneoMessage, isMissingRecord, jsonOf, failureOf, offContract } from './answers.ts'
import type { PatchAnswer } from './client.ts'
import type { LaneUse, Turn } from '../hub/lane-use.ts'
import { apiRoot, codeInPath } from './links.ts'
import { type LocalFile, multipartBody } from './multipart.ts'
import {
  type AkeneoLineError,
  collectionBody,
  collectionType,
  type LineOutcome,
  lineOutcomes,
  type PatchedStream,
} from './patch.ts'
import type { Answered, Requester, WriteRequest } from './requester.ts'
import type { StreamDefinition } from './streams.ts'

/** Where a file goes. */
export interface MediaPlace {
  stream: PatchedStream
  /** Identifier of a product, code of a model: an upload takes no uuid. */
  name: string
  attribute: string
  locale: string | null
  scope: string | null
}

export type UploadOutcome =
  | { kind: 'uploaded'; code: string; date: Date | null; ticket: bigint }
  | { kind: 'refused'; status: number; message: string; errors: AkeneoLineError[] }

/** A file that Akeneo has. */
export type AkeneoMediaFile = z.infer<typeof AkeneoMediaFile>
const AkeneoMediaFile = z.looseObject({
  code: z.string(),
  original_filename: z.string(),
  mime_type: z.string(),
  size: z.number(),
})

export interface AkeneoWrites {
  /**
   * Updates records, one JSON object a line, at most 100; says what became of each line. Safe to repeat: the same line again changes
   * nothing. `until`: throws a TransientError instead of sending them later; unit ms since 1970.
   */
  patch(stream: PatchedStream, lines: readonly string[], options?: { until: number }): Promise<PatchAnswer>
  /** Updates one record, as JSON. Safe to repeat. */
  patchOne(stream: PatchedStream, key: string, body: string): Promise<LineOutcome>
  /** Makes or updates options of an attribute, one JSON object a line; never faster than Akeneo takes them. Safe to repeat. */
  patchOptions(attribute: string, lines: readonly string[]): Promise<PatchAnswer>
  /**
   * Uploads a file and sets the value, in constant memory. Not safe to repeat: each call makes another file. `until`: as of `patch`.
   */
  upload(file: LocalFile, place: MediaPlace, options?: { until: number }): Promise<UploadOutcome>
  /** Null: there is none, or this user may not see it. */
  mediaFile(code: string): Promise<AkeneoMediaFile | null>
  /**
   * Hands in what this user has drafted of a record (Enterprise). `none`: there is no draft, or it waits for approval already;
   * `direct`: this user's writes are not drafts.
   */
  propose(stream: PatchedStream, key: string): Promise<'submitted' | 'none' | 'direct'>
  deleteProduct(key: string): Promise<'deleted' | 'missing' | 'forbidden'>
}

interface WritesParts {
  requester: Requester
  lane: LaneUse
  /** The one lane in which options are written. */
  optionLane: LaneUse
  definition: (stream: PatchedStream) => Promise<StreamDefinition>
  late: AbortSignal
}

export function createWrites({ requester, lane, optionLane, definition, late }: WritesParts): AkeneoWrites {
  const write = (request: Omit<WriteRequest, 'late'>) =>
    lane.call((turn) => requester.write(turn, { ...request, late }))

  return {
    async patch(name, lines, options) {
      const { path } = await definition(name)
      return outcomesOf(await write({ ...collection(path, lines), ...options }), lines.length)
    },

    async patchOne(name, key, body) {
      const { path } = await definition(name)
      const { answer } = await write({
        method: 'PATCH',
        path: `${path}/${codeInPath(key)}`,
        contentType: 'application/json',
        body,
        accepted: [201, 204, 403, 404, 422],
      })
      if (answer.status === 204) return { kind: 'updated' }
      if (answer.status === 201) return { kind: 'created' }
      return { kind: 'refused', status: answer.status, ...refusalOf(answer) }
    },

    async patchOptions(attribute, lines) {
      const request = collection(`/attributes/${codeInPath(attribute)}/options`, lines)
      // Both: it is one of the calls under way, and one of the few writes of options in a second.
      const answered = await lane.call((turn) =>
        optionLane.call((optionTurn) => requester.write(both(optionTurn, turn), { ...request, late })),
      )
      return outcomesOf(answered, lines.length)
    },

    async upload(file, { stream, name, ...place }, options) {
      const target =
        stream === 'products'
          ? { product: JSON.stringify({ identifier: name, ...place }) }
          : { product_model: JSON.stringify({ code: name, ...place }) }
      const { contentType, length, open } = multipartBody(target, file)
      const { answer, ticket, asked } = await write({
        method: 'POST',
        path: '/media-files',
        contentType,
        headers: { 'content-length': String(length) },
        body: open,
        accepted: [201, 403, 413, 422],
        ...options,
      })
      if (answer.status !== 201) return { kind: 'refused', status: answer.status, ...refusalOf(answer) }
      const code = codeOf(answer)
      if (code === null) throw offContract(asked, '201 without the address of the file')
      return { kind: 'uploaded', code, date: dateOf(answer.headers), ticket }
    },

    async mediaFile(code) {
      const { answer, asked } = await lane.call((turn) =>
        requester.get(turn, `/media-files/${codeInPath(code)}`, { late, accepted: [404] }),
      )
      if (answer.status === 404) {
        if (isMissingRecord(answer)) return null
        throw failureOf(answer, asked, () => 0)
      }
      const parsed = AkeneoMediaFile.safeParse(jsonOf(answer, asked))
      if (parsed.success) return parsed.data
      throw offContract(asked, `a file without ${parsed.error.issues[0]?.path.join('.') ?? 'its fields'}`)
    },

    async propose(stream, key) {
      const { path } = await definition(stream)
      const { answer } = await write({
        method: 'POST',
        path: `${path}/${codeInPath(key)}/proposal`,
        contentType: 'application/json',
        body: '{}',
        accepted: [201, 403, 422],
      })
      return answer.status === 201 ? 'submitted' : answer.status === 422 ? 'none' : 'direct'
    },

    async deleteProduct(key) {
      const { path } = await definition('products')
      const { answer, asked } = await write({
        method: 'DELETE',
        path: `${path}/${codeInPath(key)}`,
        accepted: [204, 403, 404],
      })
      if (answer.status === 404 && !isMissingRecord(answer)) throw failureOf(answer, asked, () => 0)
      return answer.status === 204 ? 'deleted' : answer.status === 404 ? 'missing' : 'forbidden'
    },
  }
}

const collection = (path: string, lines: readonly string[]) =>
  ({
    method: 'PATCH',
    path,
    contentType: collectionType,
    body: collectionBody(lines),
    partial: true,
    accepted: [200],
  }) as const

const outcomesOf = ({ answer, ticket, asked }: Answered, sent: number): PatchAnswer => ({
  outcomes: lineOutcomes(answer.body, sent, asked),
  ticket,
  date: dateOf(answer.headers),
})

const both = (first: Turn, second: Turn): Turn => ({
  start: async () => {
    await first.start()
    return second.start()
  },
  abandon: () => {
    first.abandon()
    second.abandon()
  },
})

/** What Akeneo says of something that it understood and does not take. */
function refusalOf({ body }: HttpAnswer): { message: string; errors: AkeneoLineError[] } {
  const message = akeneoMessage(body) ?? ''
  try {
    const { errors } = JSON.parse(body.toString('utf8')) as { errors?: unknown }
    return { message, errors: Array.isArray(errors) ? (errors as AkeneoLineError[]) : [] }
  } catch {
    return { message, errors: [] }
  }
}

/** From the address of what was made. */
function codeOf({ headers }: HttpAnswer): string | null {
  const { location } = headers
  if (typeof location !== 'string') return null
  const prefix = `${apiRoot}/media-files/`
  const at = location.indexOf(prefix)
  return at < 0 ? null : decodeURIComponent(location.slice(at + prefix.length))
}
