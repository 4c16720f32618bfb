import type { Catalog } from '../../catalog/catalog.ts'
import type { RecordFamily, RecordValue } from '../../catalog/record-family.ts'
import { notFound } from '../../errors.ts'
import { encodePath } from '../../http/paging.ts'
import type { Route } from '../../http/router.ts'
import { phpString, type JsonObject } from '../../json.ts'
import { isCloud } from '../../options.ts'
import type { Pim } from '../../pim.ts'
import { found } from '../listing.ts'
import { bytesOf } from '../media-files.ts'

const PATH = '/asset-delivery'

/** Where anybody may fetch a file of an asset, in families that share: the cloud's delivery has a host of its own. */
export function shareLink(
  catalog: Catalog,
  family: RecordFamily,
  asset: string,
  attribute: string,
  { locale, channel, data }: RecordValue,
  origin: string,
): string | undefined {
  const file = catalog.recordMediaFiles.get(phpString(data))
  if (family.fields['sharing_enabled'] !== true || file === undefined) return undefined
  const place = [channel, locale].flatMap((part) => (part === null ? [] : [part]))
  const parts = [family.code, attribute, ...place, `${asset}.${file.extension}`]
  return `${origin}${PATH}/${parts.map(encodePath).join('/')}`
}

/** All links of one asset, as a product that uses it shows them. */
export function shareLinks(
  catalog: Catalog,
  family: RecordFamily,
  code: string,
  origin: string,
): JsonObject[] {
  const asset = family.records.get(code)
  return [...(asset?.values ?? [])].flatMap(([attribute, entries]) => {
    if (family.attributes.get(attribute)?.['type'] !== 'media_file') return []
    return entries.flatMap((entry): JsonObject[] => {
      const href = shareLink(catalog, family, code, attribute, entry, origin)
      if (href === undefined) return []
      return [{ attribute, scope: entry.channel, locale: entry.locale, _links: { self: { href } } }]
    })
  })
}

export function shareLinkRoutes({ catalog, settings }: Pim): Route[] {
  if (!isCloud(settings)) return []
  return [
    {
      method: 'GET',
      template: `${PATH}/{family}/{rest+}`,
      open: true,
      anyAccept: true,
      handler: ({ params, path, origin }) => {
        const missing = () => notFound(`No shared file stands at "${path}".`)
        const family = found(catalog.assetFamilies.get(params['family'] ?? ''), missing)
        const name = params['rest']?.split('/').at(-1) ?? ''
        const asset = found(family.records.get(name.slice(0, name.lastIndexOf('.'))), missing)
        for (const [attribute, entries] of asset.values) {
          for (const entry of entries) {
            const link = shareLink(catalog, family, asset.code, attribute, entry, origin)
            const file = catalog.recordMediaFiles.get(phpString(entry.data))
            if (link !== origin + path || file === undefined) continue
            return { status: 200, headers: { 'content-type': file.mime_type }, bytes: bytesOf(file) }
          }
        }
        throw missing()
      },
    },
  ]
}
