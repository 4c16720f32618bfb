import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { Json } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API } from './listing.ts'

/** The root listing of routes, open to all, and the PIM's version, which needs a token. */
export function systemRoutes(pim: Pim, routes: () => Route[]): Route[] {
  return [
    {
      method: 'GET',
      template: API,
      open: true,
      handler: ({ origin }) => {
        const listed: Record<string, Json> = {}
        for (const { name, template, method } of routes()) {
          if (name !== undefined) {
            listed[name] = { route: template.replace('+}', '}').replace(/^\/?/, '/'), methods: [method] }
          }
        }
        return ok({
          host: origin,
          authentication: { fos_oauth_server_token: { route: '/api/oauth/v1/token', methods: ['POST'] } },
          routes: listed,
        })
      },
    },
    {
      method: 'GET',
      template: `${API}/system-information`,
      name: 'pim_api_system_information_get',
      handler: () => ok({ version: pim.settings.version, edition: pim.settings.edition }),
    },
  ]
}
