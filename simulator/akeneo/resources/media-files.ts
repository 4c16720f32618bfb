import { readFileSync } from 'node:fs'
import type { MediaFile } from '../catalog/records.ts'
import { notFound } from '../errors.ts'
import { encodePath } from '../http/paging.ts'
import { ok, type ApiRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API, found, listAll } from './listing.ts'

export function mediaFileReadRoutes(pim: Pim): Route[] {
  const find = (code: string) =>
    found(pim.catalog.mediaFiles.get(code), () => notFound(`Media file "${code}" does not exist.`))
  return [
    {
      method: 'GET',
      template: `${API}/media-files`,
      name: 'pim_api_media_file_list',
      handler: (request) =>
        listAll(
          request,
          `${API}/media-files`,
          () => [...pim.catalog.mediaFiles.values()],
          (file) => renderMediaFile(file, request),
        ),
    },
    {
      method: 'GET',
      template: `${API}/media-files/{code+}/download`,
      name: 'pim_api_media_file_download',
      anyAccept: true,
      handler: ({ params }) => {
        const file = find(params['code'] ?? '')
        return {
          status: 200,
          headers: {
            'content-type': file.mime_type,
            'content-disposition': `attachment; filename="${headerText(file.original_filename)}"`,
          },
          bytes: bytesOf(file),
        }
      },
    },
    {
      method: 'GET',
      template: `${API}/media-files/{code+}`,
      name: 'pim_api_media_file_get',
      handler: (request) => ok(renderMediaFile(find(request.params['code'] ?? ''), request)),
    },
  ]
}

/**
 * The bytes of the name, as PHP sends them; control characters cannot stand in a header. Twice, because Node decodes this one
 * header before it writes it.
 */
function headerText(name: string): string {
  const bytes = (text: string) => Buffer.from(text).toString('latin1')
  return bytes(bytes(name.replace(/\p{Cc}/gu, '')))
}

export function renderMediaFile(file: MediaFile, request: ApiRequest): JsonObject {
  return {
    code: file.code,
    original_filename: file.original_filename,
    mime_type: file.mime_type,
    size: file.size,
    extension: file.extension,
    _links: { download: { href: `${request.origin}${API}/media-files/${encodePath(file.code)}/download` } },
  }
}

export function bytesOf(file: MediaFile): Buffer {
  return Buffer.isBuffer(file.content) ? file.content : readFileSync(file.content.path)
}
