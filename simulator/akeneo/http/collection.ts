import { setImmediate as otherWork } from 'node:timers/promises'
import { ApiError, badRequest, unprocessable } from '../errors.ts'
import { isObject, phpJson, type Json, type JsonObject } from '../json.ts'
import { UUID } from '../write/associations.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import { COLLECTION_TYPE } from './router.ts'

const MAX_LINES = 100

/** Writes one resource; returns the status of its line or throws what a single call would have answered. */
export type WriteOne = (key: string, body: JsonObject) => 201 | 204

type KeyName = 'code' | 'identifier' | 'uuid'

interface Line {
  text: string
  tooLong: boolean
}

/** How long a request may be silent before the lines that are there are answered. */
const SILENCE_MS = 50

/** After so many lines, calls that have come meanwhile are accepted. */
const LINES_AT_ONCE = 5

/**
 * A collection PATCH: one JSON object a line, one answer a line, in order. Akeneo counts the lines first, so too many
 * are refused whole; after that a line that fails harms only itself. Lines of a request that comes slowly are answered
 * while it still arrives: from then on too many lines end the answer instead.
 */
export async function patchCollection(
  request: ApiRequest,
  keyName: KeyName,
  writeOne: WriteOne,
): Promise<ApiResponse> {
  const arriving = request.lines()[Symbol.asyncIterator]()
  const { lines, rest } = await readUntilSilent(arriving)
  if (lines.length > MAX_LINES) throw tooMany()

  async function* answers(): AsyncGenerator<string> {
    let number = 0
    const inOrder = (answer: JsonObject) => {
      number++
      return (number === 1 ? '' : '\n') + phpJson({ line: number, ...answer })
    }
    for (const answer of await inTurn(() => answerLines(lines, keyName, writeOne))) yield inOrder(answer)
    for await (const line of follow(rest, arriving)) {
      const isTooMany = number === MAX_LINES
      yield inOrder(isTooMany ? failed(tooMany()) : answerLine(line, keyName, writeOne))
      if (isTooMany) return
    }
  }
  return { status: 200, headers: { 'content-type': COLLECTION_TYPE }, stream: answers() }
}

type Arrival = Promise<IteratorResult<Line, unknown>>

/** The lines up to the end of the body, to one too many, or to a silence; `rest` is what is awaited after the latter. */
async function readUntilSilent(
  arriving: AsyncIterator<Line>,
): Promise<{ lines: Line[]; rest: Arrival | undefined }> {
  const lines: Line[] = []
  while (lines.length <= MAX_LINES) {
    const next = arriving.next()
    const come = lines.length === 0 ? await next : await withinSilence(next)
    if (come === undefined) return { lines, rest: next }
    if (come.done === true) break
    lines.push(come.value)
  }
  return { lines, rest: undefined }
}

async function withinSilence(next: Arrival): Promise<IteratorResult<Line, unknown> | undefined> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), SILENCE_MS)
  })
  try {
    return await Promise.race([next, silence])
  } finally {
    clearTimeout(timer)
  }
}

let lastTurn: Promise<unknown> = Promise.resolve()

/**
 * Akeneo works on several collections at once, in a process each. One thread that shared itself among them would
 * make all of them slow; one after the other, each takes no longer than its own lines do.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(work)
  lastTurn = turn.catch(() => undefined)
  return turn
}

async function answerLines(lines: Line[], keyName: KeyName, writeOne: WriteOne): Promise<JsonObject[]> {
  const answers: JsonObject[] = []
  for (const line of lines) {
    if (answers.length > 0 && answers.length % LINES_AT_ONCE === 0) await otherWork()
    answers.push(answerLine(line, keyName, writeOne))
  }
  return answers
}

async function* follow(rest: Arrival | undefined, arriving: AsyncIterator<Line>): AsyncGenerator<Line> {
  for (let next = rest; next !== undefined; next = arriving.next()) {
    const come = await next
    if (come.done === true) return
    yield come.value
  }
}

function tooMany(): ApiError {
  return new ApiError(413, `Too many resources to process, ${MAX_LINES} is the maximum allowed.`)
}

function failed(error: ApiError): JsonObject {
  const { code: status_code, ...rest } = error.body()
  return { status_code: status_code ?? 500, ...rest }
}

function answerLine(line: Line, keyName: KeyName, writeOne: WriteOne): JsonObject {
  let key: string | undefined
  try {
    if (line.tooLong) throw new ApiError(413, 'Line is too long.')
    const body = decode(line.text)
    key = readKey(body, keyName)
    const status = writeOne(key, isObject(body) ? body : {})
    return { [keyName]: shown(key), status_code: status }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { ...(key !== undefined && { [keyName]: shown(key) }), ...failed(error) }
  }
}

function shown(key: string): string {
  return UUID.test(key) ? key.toLowerCase() : key
}

function decode(text: string): Json {
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw badRequest('Invalid json message received')
  }
  if (body === null) throw badRequest('Invalid json message received')
  return body
}

function readKey(body: Json, keyName: string): string {
  const key = isObject(body) ? (body[keyName] ?? null) : null
  if (key !== null && typeof key !== 'string') throw unprocessable(`${keyName} must be of type string.`)
  if (key === null || key.trim() === '') {
    throw unprocessable(`${keyName.charAt(0).toUpperCase()}${keyName.slice(1)} is missing.`)
  }
  return key
}
