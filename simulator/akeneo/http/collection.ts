import { ApiError, badRequest, unprocessable } from '../errors.ts'
import { isObject, phpJson, type Json, type JsonObject } from '../json.ts'
import { UUID } from '../write/associations.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import { COLLECTION_TYPE } from './router.ts'

const MAX_LINES = 100

/** Writes one resource; returns the status of its line or throws what a single call would have answered. */
export type WriteOne = (key: string, body: JsonObject) => 201 | 204

/**
 * A collection PATCH: one JSON object a line, one answer a line, in order. Akeneo counts the lines first, so too many
 * are refused whole; after that a line that fails harms only itself. Lines are answered as they are done.
 */
export async function patchCollection(
  request: ApiRequest,
  keyName: 'code' | 'identifier' | 'uuid',
  writeOne: WriteOne,
  pause?: () => Promise<void>,
): Promise<ApiResponse> {
  const lines: { text: string; tooLong: boolean }[] = []
  for await (const line of request.lines()) {
    lines.push(line)
    if (lines.length > MAX_LINES) {
      throw new ApiError(413, `Too many resources to process, ${MAX_LINES} is the maximum allowed.`)
    }
  }
  async function* answers(): AsyncGenerator<string> {
    for (const [index, line] of lines.entries()) {
      await pause?.()
      const answer = answerLine(line, keyName, writeOne)
      yield (index === 0 ? '' : '\n') + phpJson({ line: index + 1, ...answer })
    }
  }
  return { status: 200, headers: { 'content-type': COLLECTION_TYPE }, stream: answers() }
}

function answerLine(
  line: { text: string; tooLong: boolean },
  keyName: 'code' | 'identifier' | 'uuid',
  writeOne: WriteOne,
): JsonObject {
  let key: string | undefined
  try {
    if (line.tooLong) throw new ApiError(413, 'Line is too long.')
    const body = decode(line.text)
    key = readKey(body, keyName)
    const status = writeOne(key, isObject(body) ? body : {})
    return { [keyName]: shown(key), status_code: status }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { code: status_code, ...rest } = error.body()
    return { ...(key !== undefined && { [keyName]: shown(key) }), status_code: status_code ?? 500, ...rest }
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
