import { forbidden } from '../errors.ts'
import type { ApiResponse } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import type { Apps } from './apps.ts'

const PATH = '/connect/apps/v1'
const FORM = 'application/x-www-form-urlencoded'
const CONSTRAINT = 'akeneo_connectivity.connection.connect.apps.constraint.response_type'

/** The doors of an app: a page that sends its user back with a code, and the exchange of that code for a token. */
export function appRoutes({ settings }: Pim, apps: Apps): Route[] {
  if (!isCloud(settings)) return []
  return [
    {
      method: 'GET',
      template: `${PATH}/authorize`,
      open: true,
      anyAccept: true,
      handler: ({ query }): ApiResponse => {
        const app = apps.find(query.get('client_id') ?? '')
        if (app === undefined) {
          return onPage('akeneo_connectivity.connection.connect.apps.error.app_not_found')
        }
        const responseType = query.get('response_type') ?? ''
        if (responseType === '') return onPage(`${CONSTRAINT}.not_blank`)
        if (responseType !== 'code') return onPage(`${CONSTRAINT}.must_be_code`)
        const callback = new URL(app.callbackUrl)
        callback.searchParams.set('code', apps.authorize(app.clientId, query.get('scope') ?? ''))
        const state = query.get('state')
        if (state !== null) callback.searchParams.set('state', state)
        return redirect(callback.href)
      },
    },
    {
      method: 'GET',
      template: `${PATH}/activate/{client}`,
      open: true,
      anyAccept: true,
      // What the button "Connect" of the app's card does.
      handler: ({ params, origin }): ApiResponse => {
        const app = apps.find(params['client'] ?? '')
        if (app?.activateUrl === undefined) {
          return onPage('akeneo_connectivity.connection.connect.apps.error.app_not_found')
        }
        const activate = new URL(app.activateUrl)
        activate.searchParams.set('pim_url', origin)
        return redirect(activate.href)
      },
    },
    {
      method: 'POST',
      template: `${PATH}/oauth2/token`,
      open: true,
      contentTypes: [],
      handler: async (request): Promise<ApiResponse> => {
        // Anything but a form leaves PHP without fields.
        const isForm = request.headers['content-type']?.split(';')[0]?.trim() === FORM
        const body = await request.text()
        return apps.token(new Map(isForm ? new URLSearchParams(body) : []))
      },
    },
    {
      method: 'POST',
      template: `${PATH}/scopes/update`,
      contentTypes: [],
      handler: ({ connection }): ApiResponse => {
        if (!apps.isApp(connection)) throw forbidden('Not an authenticated App')
        // It tells the PIM's users that the app wishes other scopes, and changes none.
        return { status: 200, json: 'Ok' }
      },
    },
  ]
}

const redirect = (location: string): ApiResponse => ({ status: 302, headers: { location } })

/** Errors are shown on a page of the PIM's own. */
const onPage = (error: string): ApiResponse =>
  redirect(`/#/connect/apps/authorize?error=${encodeURIComponent(error)}`)
