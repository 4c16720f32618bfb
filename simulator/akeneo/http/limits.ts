import type { Apps } from '../apps/apps.ts'
import { ApiError, forbidden } from '../errors.ts'
import type { Settings } from '../options.ts'
import type { RequestLog } from '../../request-log.ts'

export interface Limits {
  /** 429 when the documented limits are enforced and overrun. */
  check(connection: string, method: string, template: string): void
  /** 403 when the connection lacks a right. */
  allow(connection: string, acl: string | undefined): void
}

const PER_CONNECTION = 4
const PER_PIM = 10
const PER_SECOND = 100
const OPTION_WRITES_PER_SECOND = 3

/** Akeneo's documented limits: 4 calls at once per connection, 10 per PIM, 100 a second, 3 a second for option writes. */
export function createLimits(settings: Settings, log: RequestLog, apps: Apps): Limits {
  const calls: number[] = []
  const optionWrites: number[] = []
  return {
    check(connection, method, template) {
      if (!settings.limits) return
      const tooMany =
        log.runningOf(connection) > PER_CONNECTION ||
        log.running > PER_PIM ||
        overrun(calls, PER_SECOND) ||
        (method === 'PATCH' &&
          template.includes('/options') &&
          overrun(optionWrites, OPTION_WRITES_PER_SECOND))
      if (tooMany) {
        const message = 'You have exceeded the limit of API requests per second.'
        throw new ApiError(429, message, {}, { 'retry-after': '1' })
      }
    },
    allow(connection, acl) {
      const rights = settings.connections.find((one) => one.code === connection)?.rights
      if (rights?.api === false) throw forbidden('You are not allowed to access the web API.')
      if (acl !== undefined && rights?.acls?.[acl] === false) throw forbidden(deniedMessage(acl))
      if (acl !== undefined && !apps.mayDo(connection, acl)) throw forbidden(deniedMessage(acl))
    },
  }
}

/** `pim_api_attribute_option_edit` is the right to "create or update attribute options". */
function deniedMessage(acl: string): string {
  const [, noun = '', verb = ''] = /^pim_api_(\w+)_(list|edit|remove)$/.exec(acl) ?? []
  const what = { list: 'list', edit: 'create or update', remove: 'delete' }[verb]
  if (what === undefined) return 'Access forbidden.'
  const words = noun.replaceAll('_', ' ').replace(/^product uuid$/, 'product')
  const plural = words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`
  return `Access forbidden. You are not allowed to ${what} ${plural}.`
}

/** Keeps the times of the last second, real time: limits protect a machine, not the simulated day. */
function overrun(times: number[], limit: number): boolean {
  const now = performance.now()
  while (times[0] !== undefined && times[0] <= now - 1000) times.shift()
  if (times.length >= limit) return true
  times.push(now)
  return false
}
