import type { IncomingMessage } from 'node:http'
import { StringDecoder } from 'node:string_decoder'

/** Akeneo reads a line of a collection into a buffer of this size, in bytes. */
export const MAX_LINE_BYTES = 1_000_000

export async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * The lines of a body as they arrive, split at LF. The text of a line that is too long is dropped while it is read,
 * so memory stays small. A trailing LF does not begin another line, an empty line in between counts.
 */
export async function* readLines(
  message: IncomingMessage,
): AsyncGenerator<{ text: string; tooLong: boolean }> {
  let decoder = new StringDecoder('utf8')
  let text = ''
  let bytes = 0
  const take = (part: Buffer) => {
    bytes += part.length
    if (bytes <= MAX_LINE_BYTES) text += decoder.write(part)
  }
  const line = () => {
    const tooLong = bytes > MAX_LINE_BYTES
    const found = { text: tooLong ? '' : text + decoder.end(), tooLong }
    decoder = new StringDecoder('utf8')
    text = ''
    bytes = 0
    return found
  }
  for await (const chunk of message) {
    let rest = chunk as Buffer
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      take(rest.subarray(0, at))
      yield line()
      rest = rest.subarray(at + 1)
    }
    take(rest)
  }
  if (bytes > 0) yield line()
}
