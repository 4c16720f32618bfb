import { storeFile } from '../../simulator/akeneo/write/media-routes.ts'
import { dated, type Edits, type EditTools } from './edit-tools.ts'

/** What the catalogue has of images and files. */
export const fileAttributes = ['photo', 'picture', 'leaflet']

/** Begins as such a file does: Akeneo looks at what it is. */
export const fileOf = (ending: 'png' | 'pdf', text: string): Buffer =>
  Buffer.concat([
    Buffer.from(ending === 'png' ? '89504e470d0a1a0a' : '255044462d312e34', 'hex'),
    Buffer.from(text),
  ])

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
  const upload = (to: number) => {
    const ending = to % 2 === 0 ? 'png' : 'pdf'
    return storeFile(pim, {
      mimeType: 'application/octet-stream',
      filename: `file ${to % 3}.${ending}`,
      content: fileOf(ending, `content ${to % 4}`),
    }).code
  }
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
