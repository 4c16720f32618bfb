import { createGunzip } from 'node:zlib'
import { got, RequestError } from 'got'
import { guardedLookup } from '../addresses.ts'
import { TransientError } from '../errors.ts'
import { agents, type HttpAnswer, unanswered, userAgent } from '../http.ts'
import { notReadable } from './answers.ts'

export interface DownloadRequest {
  url: URL
  headers: Record<string, string>
  asked: string
  /** Between two pieces of the body; files of gigabytes take as long as they take. */
  idleMs: number
  signal?: AbortSignal
  /** The file itself is packed, whatever the answer says of its transfer. */
  gzip: boolean
}

export interface Download {
  status: number
  headers: HttpAnswer['headers']
  /** Unpacked. Empty for a status other than 200, whose words are in `refusal`. */
  pieces: AsyncIterable<Buffer>
  /** First bytes of the body of a refusal. */
  refusal: Buffer
}

/** Opens a file that may be too large to hold. Errors of the way come while it is read. */
export async function openDownload(request: DownloadRequest): Promise<Download> {
  const { url, headers, asked, idleMs, signal, gzip } = request
  const stream = got.stream(url, {
    agent: agents,
    dnsLookup: guardedLookup('public'),
    decompress: true,
    followRedirect: false,
    headers: { 'user-agent': userAgent(), 'accept-encoding': 'gzip', ...headers },
    retry: { limit: 0 },
    throwHttpErrors: false,
    timeout: { connect: idleMs, response: idleMs, socket: idleMs },
    ...(signal ? { signal } : {}),
  })
  const failure = (error: unknown): unknown => {
    signal?.throwIfAborted()
    return error instanceof RequestError ? unanswered(error, asked, idleMs, url) : error
  }
  const response = await new Promise<{ statusCode: number; headers: HttpAnswer['headers'] }>(
    (resolve, reject) => {
      stream.once('response', resolve)
      stream.once('error', (error: unknown) => reject(asError(failure(error))))
    },
  )
  const { statusCode: status } = response
  if (status !== 200) {
    const refusal = await firstBytes(stream, 64 * 1024).catch((error: unknown) => {
      throw asError(failure(error))
    })
    return { status, headers: response.headers, pieces: nothing(), refusal }
  }
  return { status, headers: response.headers, pieces: pieces(), refusal: Buffer.alloc(0) }

  async function* pieces(): AsyncGenerator<Buffer> {
    // Handed on by hand: `pipe` would lose the error of either.
    const unpack = gzip ? createGunzip() : undefined
    const body = unpack === undefined ? stream : stream.pipe(unpack)
    if (unpack !== undefined) stream.once('error', (error) => unpack.destroy(error))
    try {
      for await (const piece of body) yield piece as Buffer
    } catch (error) {
      if (isBrokenGzip(error)) throw notReadable(asked, 'a packed file that ends too early or is broken')
      throw asError(failure(error))
    } finally {
      stream.destroy()
    }
  }
}

/** zlib's own codes: the file was cut, or is none. */
const isBrokenGzip = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')

const asError = (error: unknown): Error =>
  error instanceof Error
    ? error
    : new TransientError({
        code: 'unreachable',
        asked: '',
        came: String(error),
        remedy: 'The call is tried again.',
      })

async function* nothing(): AsyncGenerator<Buffer> {
  // A refusal has no content.
}

async function firstBytes(stream: AsyncIterable<unknown>, most: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of stream) {
    pieces.push(piece as Buffer)
    size += (piece as Buffer).length
    if (size >= most) break
  }
  return Buffer.concat(pieces).subarray(0, most)
}
