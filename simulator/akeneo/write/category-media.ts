import { notFound, unprocessable } from '../errors.ts'
import { encodePath } from '../http/paging.ts'
import { created } from '../http/request.ts'
import { MULTIPART_TYPE, type Route } from '../http/router.ts'
import { phpString } from '../json.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { API, found } from '../resources/listing.ts'
import { bytesOf } from '../resources/media-files.ts'
import { mergeCategoryValues } from './category-values.ts'
import { storeFile } from './media-routes.ts'
import { decodeBody } from './payload.ts'

const KEYS = ['code', 'attribute_code', 'channel', 'locale']

/** Files of enriched categories, which only Akeneo's cloud has: one call stores the file and sets the value. */
export function categoryMediaRoutes(pim: Pim): Route[] {
  if (!isCloud(pim.settings)) return []
  const path = `${API}/category-media-files`
  return [
    {
      method: 'POST',
      template: path,
      acl: 'pim_api_category_edit',
      contentTypes: [MULTIPART_TYPE],
      handler: async (request) => {
        const { fields, files } = await request.form()
        const place = decodeBody(fields.get('category') ?? '')
        if (!KEYS.every((key) => Object.hasOwn(place, key))) {
          throw unprocessable(
            'Category property must contain "code", "attribute_code", "channel" and "locale" properties.',
          )
        }
        const code = phpString(place['code'])
        const category = found(pim.catalog.categories.get(code), () =>
          unprocessable(`Category "${code}" does not exist.`),
        )
        const upload = files.get('file')
        if (upload === undefined) throw unprocessable('Property "file" is required.')
        const file = storeFile(pim, upload, pim.catalog.recordMediaFiles)
        const { size, extension, mime_type, original_filename } = file
        const data = { size, extension, file_path: file.code, mime_type, original_filename }
        const values = mergeCategoryValues(category.values ?? [], [{ ...place, data }], unprocessable)
        pim.catalog.categories.set({ ...category, values, updated: pim.writtenAt() })
        return created(`${request.origin}${path}/${encodePath(file.code)}/download`)
      },
    },
    {
      method: 'GET',
      template: `${path}/{code+}/download`,
      acl: 'pim_api_category_list',
      anyAccept: true,
      handler: ({ params }) => {
        const code = params['code'] ?? ''
        const file = found(pim.catalog.recordMediaFiles.get(code), () =>
          notFound(`Media file "${code}" does not exist.`),
        )
        return { status: 200, headers: { 'content-type': file.mime_type }, bytes: bytesOf(file) }
      },
    },
  ]
}
