import { createHash, randomUUID } from 'node:crypto'
import { extname } from 'node:path'
import { mediaCode } from '../catalog/deterministic.ts'
import { asLoaded } from '../catalog/loaded.ts'
import type { MediaFile, Product, ProductModel } from '../catalog/records.ts'
import { unprocessable, validationFailed } from '../errors.ts'
import { encodePath } from '../http/paging.ts'
import { created, type UploadedFile } from '../http/request.ts'
import { MULTIPART_TYPE, type Route } from '../http/router.ts'
import { phpString, type JsonObject } from '../json.ts'
import { mimeTypeOf } from '../media-types.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { decodeBody } from './payload.ts'
import { save } from './save.ts'
import { sniffMimeType } from './sniff.ts'
import { validateModel } from './validate-model.ts'
import { validateProduct } from './validate-product.ts'
import { applyValues } from './values.ts'

/** Upload of a product's or model's file: one call stores the file and sets the value. */
export function mediaWriteRoutes(pim: Pim): Route[] {
  return [
    {
      method: 'POST',
      template: `${API}/media-files`,
      name: 'pim_api_media_file_create',
      contentTypes: [MULTIPART_TYPE],
      handler: async (request) => {
        const { fields, files } = await request.form()
        const product = fields.get('product')
        const model = fields.get('product_model')
        if (product !== undefined && model !== undefined) {
          throw unprocessable('You should give either a "product" or a "product_model" key.')
        }
        const target = product ?? model
        if (target === undefined) {
          throw unprocessable(
            'You should at least give one of the following properties: "product" or "product_model".',
          )
        }
        const isProduct = product !== undefined
        const place = readPlace(
          target,
          isProduct ? 'identifier' : 'code',
          isProduct ? 'Product' : 'Product model',
        )
        const record = isProduct
          ? pim.catalog.products.byIdentifier(place.key)
          : pim.catalog.models.get(place.key)
        if (record === undefined) {
          throw unprocessable(`${isProduct ? 'Product' : 'Product model'} "${place.key}" does not exist.`)
        }
        const upload = files.get('file')
        if (upload === undefined) throw unprocessable('Property "file" is required.')
        const file = storeFile(pim, upload)
        try {
          pim.writingAs(request.connection, () => link(pim, record, place, file))
        } catch (error) {
          pim.catalog.mediaFiles.delete(file.code)
          throw error
        }
        return created(`${request.origin}${API}/media-files/${encodePath(file.code)}`)
      },
    },
  ]
}

interface Place {
  key: string
  attribute: string
  locale: string | null
  scope: string | null
}

function readPlace(text: string, keyName: string, noun: string): Place {
  const body: JsonObject = decodeBody(text)
  if (![keyName, 'attribute', 'locale', 'scope'].every((key) => Object.hasOwn(body, key))) {
    throw unprocessable(
      `${noun} property must contain "${keyName}", "attribute", "locale" and "scope" properties.`,
    )
  }
  const textOf = (key: string) => (body[key] === null ? null : phpString(body[key]))
  return {
    key: phpString(body[keyName]),
    attribute: phpString(body['attribute']),
    locale: textOf('locale'),
    scope: textOf('scope'),
  }
}

/** Every upload makes a new code, also for the same bytes. */
export function storeFile(pim: Pim, upload: UploadedFile, files = pim.catalog.mediaFiles): MediaFile {
  const extension = extname(upload.filename).slice(1).toLowerCase()
  const at = pim.writtenAt()
  const known = mimeTypeOf(extension)
  const file: MediaFile = {
    code: mediaCode(randomUUID(), upload.filename),
    original_filename: upload.filename,
    mime_type: known === 'application/octet-stream' ? (sniffMimeType(upload.content) ?? known) : known,
    extension,
    size: upload.content.length,
    content: upload.content,
    hash: createHash('sha1').update(upload.content).digest('hex'),
    created: at,
    updated: at,
  }
  files.set(file.code, file)
  return file
}

/** Unlike a PATCH, an upload to a level that does not own the attribute is refused, not dropped. */
function link(pim: Pim, stored: Product | ProductModel, place: Place, file: MediaFile): void {
  const { catalog } = pim
  const record = asLoaded(catalog, stored)
  if (record.kind === 'product_model' && !catalog.attributes.has(place.attribute)) {
    throw unprocessable(`Property "${place.attribute}" does not exist.`)
  }
  const input = { attribute: place.attribute, locale: place.locale, scope: place.scope, data: file.code }
  const values = applyValues(record.values, [input], catalog, pim.settings.timezone, unprocessable)
  const violations =
    record.kind === 'product'
      ? validateProduct(pim, { ...record, values }, record)
      : validateModel(pim, { ...record, values }, record)
  if (violations.length > 0) throw validationFailed(violations)
  save(pim, record, { ...record, values })
}
