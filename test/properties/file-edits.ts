import { storeFile } from '../../simulator/akeneo/write/media-routes.ts'
import { dated, type Edits, type EditTools } from './edit-tools.ts'

/** What the catalogue has of images and files. */
export const fileAttributes = ['photo', 'picture', 'leaflet']

/** Of images and manuals: put there, changed, taken away, lost. */
export function fileEdits({
  akeneo,
  at,
  products,
  models,
  write,
}: EditTools): Edits<'file' | 'file-of-model' | 'no-file' | 'lose-file'> {
  const { pim } = akeneo
  const uuidAt = (who: number) => at(products(), who)?.uuid
  const valueOf = (what: number, data: string | null) => ({
    values: { [at(fileAttributes, what) ?? 'photo']: [{ locale: null, scope: null, data }] },
  })
  /** Two of them have the same bytes under one name, and yet each upload is a file of its own. */
  const upload = (to: number) =>
    storeFile(pim, {
      mimeType: 'application/octet-stream',
      filename: `file ${to % 3}.${to % 2 === 0 ? 'png' : 'pdf'}`,
      content: Buffer.from(`content ${to % 4}`),
    }).code
  return {
    file: ({ who, what, to }) => dated(() => write('product', uuidAt(who), valueOf(what, upload(to)))),
    'file-of-model': ({ who, what, to }) =>
      dated(() => write('product-model', at(models(), who)?.code, valueOf(what, upload(to)))),
    'no-file': ({ who, what }) => dated(() => write('product', uuidAt(who), valueOf(what, null))),
    'lose-file': ({ who }) => {
      const code = at([...pim.catalog.mediaFiles.keys()], who)
      if (code !== undefined) pim.catalog.mediaFiles.delete(code)
      return 'silent'
    },
  }
}
