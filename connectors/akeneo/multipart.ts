import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'

/** A file on this machine's disk: it is read piece by piece while it is sent. */
export interface LocalFile {
  path: string
  /** As it is to be called on the other side. */
  name: string
  contentType: string
  size: number
}

export interface MultipartBody {
  contentType: string
  length: number
  /** A new stream each time: a call that is made again with another token needs one of its own. */
  open: () => Readable
}

/** A form with one file (RFC 7578), in constant memory. */
export function multipartBody(fields: Readonly<Record<string, string>>, file: LocalFile): MultipartBody {
  const boundary = `pimflow-${randomUUID()}`
  const part = (head: string) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n`
  const before = Buffer.from(
    Object.entries(fields)
      .map(([name, value]) => `${part(`name="${quoted(name)}"`)}\r\n${value}\r\n`)
      .join('') +
      `${part(`name="file"; filename="${quoted(file.name)}"`)}Content-Type: ${file.contentType}\r\n\r\n`,
  )
  const after = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: before.length + file.size + after.length,
    open: () => Readable.from(pieces()),
  }

  async function* pieces(): AsyncGenerator<Buffer> {
    yield before
    for await (const piece of createReadStream(file.path)) yield piece as Buffer
    yield after
  }
}

/** As browsers write names of files: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
const quoted = (text: string): string =>
  text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
