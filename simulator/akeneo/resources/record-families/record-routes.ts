import { notFound } from '../../errors.ts'
import { encodePath } from '../../http/paging.ts'
import { noContent, ok } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import { checkCode } from '../../write/structure-routes.ts'
import { objectRoute } from '../../write/write-route.ts'
import { found } from '../listing.ts'
import { recordFilter } from './record-filter.ts'
import { cursorPage, renderRecord } from './render.ts'
import type { Scope } from './scope.ts'
import { patchRecords, writeRecord } from './write-record.ts'

/** Records of a reference entity, assets of an asset family. */
export function recordRoutes({ pim, flavour, family, written }: Scope): Route[] {
  const { items, itemNoun, noun } = flavour
  const path = `${flavour.path}/{family}/${items}`
  const missing = (code: string, owner: string) =>
    notFound(`${itemNoun} "${code}" does not exist for the ${noun.toLowerCase()} "${owner}".`)
  const remove: Route = {
    method: 'DELETE',
    template: `${path}/{code}`,
    acl: `${flavour.itemRight}_remove`,
    handler: (request) => {
      const owner = family(request)
      const code = request.params['code'] ?? ''
      if (!owner.records.delete(code)) throw missing(code, owner.code)
      return noContent()
    },
  }
  return [
    {
      method: 'GET',
      template: path,
      acl: `${flavour.itemRight}_list`,
      handler: (request) => {
        const owner = family(request)
        const holds = recordFilter(request.query.get('search') ?? undefined, pim, owner, {
          channel: request.query.get('channel') ?? undefined,
          locales: request.query.get('locales')?.split(','),
        })
        const records = owner.records.sorted().filter(holds)
        return cursorPage(request, `${flavour.path}/${owner.code}/${items}`, records, (record) =>
          renderRecord(pim, request, flavour, owner, record),
        )
      },
    },
    {
      method: 'PATCH',
      template: path,
      acl: `${flavour.itemRight}_edit`,
      handler: async (request) => ok(patchRecords(pim, family(request), await request.text())),
    },
    {
      method: 'GET',
      template: `${path}/{code}`,
      acl: `${flavour.itemRight}_list`,
      handler: (request) => {
        const owner = family(request)
        const code = request.params['code'] ?? ''
        const record = found(owner.records.get(code), () => missing(code, owner.code))
        return ok(renderRecord(pim, request, flavour, owner, record))
      },
    },
    objectRoute('PATCH', { template: `${path}/{code}`, acl: `${flavour.itemRight}_edit` }, (request) => {
      const owner = family(request)
      const code = request.params['code'] ?? ''
      return (body) => {
        checkCode('code', owner.records.get(code)?.code ?? code, body)
        const isNew = writeRecord(pim, owner, code, body)
        return written(request, `${owner.code}/${items}/${encodePath(code)}`, isNew)
      }
    }),
    ...(flavour.canDelete ? [remove] : []),
  ]
}
