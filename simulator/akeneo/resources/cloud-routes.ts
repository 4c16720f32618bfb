import { notFound, unprocessable } from '../errors.ts'
import { ok, type ApiRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { Job } from '../catalog/records.ts'
import { userUuid } from '../catalog/deterministic.ts'
import { phpString, type JsonObject } from '../json.ts'
import { isCloud, type Right } from '../options.ts'
import type { Pim } from '../pim.ts'
import { decodeBody } from '../write/payload.ts'
import { API, found } from './listing.ts'

/** Jobs and permissions, for which only Akeneo's cloud has routes. */
export function cloudRoutes(pim: Pim): Route[] {
  if (!isCloud(pim.settings)) return []
  return [launchRoute(pim, 'export'), launchRoute(pim, 'import'), ...permissionRoutes(pim)]
}

const IMPORT_MODES = ['create_only', 'update_only', 'create_or_update']

/** Launching says what an execution is called and no more: what a profile would read or write is not simulated. */
function launchRoute(pim: Pim, type: Job['type']): Route {
  return {
    method: 'POST',
    template: `${API}/jobs/${type}/{code}`,
    // The body is optional, so its type is, too.
    contentTypes: [],
    handler: async (request) => {
      const code = request.params['code'] ?? ''
      const job = pim.catalog.jobs.get(code)
      if (job?.type !== type) throw notFound(`The ${type} job "${code}" does not exist.`)
      const body = await request.text()
      const mode = body === '' ? null : (decodeBody(body)['import_mode'] ?? null)
      if (mode !== null && !(type === 'import' && IMPORT_MODES.includes(phpString(mode)))) {
        throw unprocessable(`"import_mode" is one of ${IMPORT_MODES.join(', ')}, and for imports only.`)
      }
      return ok({ execution_id: pim.launch(job) })
    },
  }
}

/** What a connection's user may see and edit; the flags are text, as documented. */
function permissionRoutes(pim: Pim): Route[] {
  const { settings, catalog } = pim
  const rightsOf = ({ params }: ApiRequest) => {
    const uuid = params['user'] ?? ''
    const missing = () => notFound(`User "${uuid}" does not exist.`)
    return found(
      settings.connections.find(({ username }) => userUuid(username) === uuid.toLowerCase()),
      missing,
    ).rights
  }
  const flags = (right: Right): JsonObject => ({
    canView: String(right !== 'none'),
    canEdit: String(right === 'edit'),
  })
  const path = `${API}/permissions/{user}`
  return [
    {
      method: 'GET',
      template: `${path}/channels`,
      handler: (request) => {
        rightsOf(request)
        const channels = catalog.channels.sorted().map(({ code }) => [code, flags('edit')] as const)
        return ok({ userUuid: request.params['user'] ?? '', channels: Object.fromEntries(channels) })
      },
    },
    {
      method: 'GET',
      template: `${path}/locales`,
      handler: (request) => {
        const rights = rightsOf(request)?.locales
        const locales = catalog
          .enabledLocales()
          .map((code) => [code, flags(rights?.[code] ?? 'edit')] as const)
        return ok({ userUuid: request.params['user'] ?? '', locales: Object.fromEntries(locales) })
      },
    },
  ]
}
