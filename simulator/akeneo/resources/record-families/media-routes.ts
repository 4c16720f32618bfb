import { notFound, unprocessable } from '../../errors.ts'
import { encodePath } from '../../http/paging.ts'
import { MULTIPART_TYPE, type Route } from '../../http/router.ts'
import { storeFile } from '../../write/media-routes.ts'
import { found } from '../listing.ts'
import { bytesOf } from '../media-files.ts'
import type { Scope } from './scope.ts'

/** Files of records and assets: uploaded alone, named by a header, downloaded without a suffix. */
export function mediaRoutes({ pim, flavour }: Scope): Route[] {
  const { mediaPath, mediaHeader } = flavour
  return [
    {
      method: 'POST',
      template: mediaPath,
      acl: `${flavour.itemRight}_edit`,
      contentTypes: [MULTIPART_TYPE],
      handler: async (request) => {
        const upload = (await request.form()).files.get('file')
        if (upload === undefined) throw unprocessable('Property "file" is required.')
        const file = storeFile(pim, upload, pim.catalog.recordMediaFiles)
        const location = `${request.origin}${mediaPath}/${encodePath(file.code)}`
        return { status: 201, headers: { location, [mediaHeader]: file.code } }
      },
    },
    {
      method: 'GET',
      template: `${mediaPath}/{code+}`,
      acl: `${flavour.itemRight}_list`,
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
