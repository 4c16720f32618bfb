import type { MediaOrigin } from '../../contracts/hub.ts'
import type { FileName } from '../../domain/media-files.ts'
import { TransientError } from '../errors.ts'
import type { HttpAnswer } from '../http.ts'
import { codeInPath } from './links.ts'

/** https://api.akeneo.com/api-reference.html: those of records and assets are handed out without it. */
const behindDownload: ReadonlySet<MediaOrigin> = new Set(['media-files', 'category-media-files'])

export const addressOf = ({ origin, code }: FileName): string =>
  `/${origin}/${codeInPath(code)}${behindDownload.has(origin) ? '/download' : ''}`

/** Without its parameters; null where the answer does not say. */
export function mediaTypeOf(headers: HttpAnswer['headers']): string | null {
  const type = headers['content-type']
  return typeof type === 'string' && type !== '' ? (type.split(';')[0] ?? '').trim().toLowerCase() : null
}

/** A proxy's maintenance page comes with 200 too, and would be kept as the picture. */
export function refusePage({ origin, code }: FileName, headers: HttpAnswer['headers']): void {
  if (mediaTypeOf(headers) !== 'text/html' || /\.html?$/i.test(code)) return
  throw new TransientError({
    code: 'not-the-file',
    asked: `the file ${code} of ${origin}`,
    came: '200 with a web page',
    remedy:
      'A proxy or a maintenance page answered instead of Akeneo; the file is asked for again. If it stays so, check akeneo.url.',
  })
}
