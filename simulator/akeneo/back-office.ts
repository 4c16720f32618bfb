import type { Apps } from './apps/apps.ts'
import { merged } from './catalog/inherit.ts'
import type { ReadinessConfiguration } from './catalog/readiness.ts'
import type { Job, Product, ProductModel, Value } from './catalog/records.ts'
import type { EventsApi } from './events/events-api.ts'
import type { EventPlatform } from './events/platform.ts'
import { badRequest, notFound } from './errors.ts'
import type { Tokens } from './http/tokens.ts'
import { isObject, isStringArray, sameJson, type Json, type JsonObject } from './json.ts'
import type { Pim } from './pim.ts'
import { findByIdentifier, findModel } from './resources/products.ts'
import { keyOf } from './search/search-index.ts'
import { UUID } from './write/associations.ts'
import { save } from './write/save.ts'

type Handler = (body: JsonObject) => Json

/** What people do on Akeneo's own pages and its API has no call for, by name; bad input throws an ApiError. */
export function backOffice(
  pim: Pim,
  {
    tokens,
    apps,
    eventsApi,
    platform,
  }: { tokens: Tokens; apps: Apps; eventsApi: EventsApi; platform: EventPlatform },
): Record<string, Handler> {
  const { catalog } = pim
  const record = (body: JsonObject): Product | ProductModel => {
    const code = textIn(body, 'code')
    if (body['resource'] === 'product-model') return findModel(pim, code, undefined)
    const byUuid = UUID.test(code) ? catalog.products.get(code.toLowerCase()) : undefined
    return byUuid ?? findByIdentifier(pim, code, undefined)
  }
  const proposal = (body: JsonObject) => {
    const published = record(body)
    const connection = textIn(body, 'connection')
    const draft = pim.drafts.get(connection, published)
    if (draft?.isProposal !== true) {
      throw notFound(`Nothing of "${connection}" waits for approval on "${textIn(body, 'code')}".`)
    }
    return { connection, published, draft }
  }
  const regenerate = (what: 'secret' | 'password') => (body: JsonObject) => {
    const connection = textIn(body, 'connection')
    const fresh = tokens.regenerate(connection, what)
    if (fresh === undefined) throw notFound(`There is no connection "${connection}".`)
    return { connection, [what]: fresh }
  }
  return {
    publish: (body) => {
      const product = findByIdentifier(pim, textIn(body, 'code'), undefined)
      // A published variant keeps what it inherited, whatever becomes of its model.
      catalog.published.set(product.identifier ?? '', {
        ...product,
        ...merged(catalog, product),
        parent: null,
      })
      return { published: product.identifier }
    },
    unpublish: (body) => {
      const code = textIn(body, 'code')
      if (!catalog.published.delete(code)) throw notFound(`Published product "${code}" does not exist.`)
      return { unpublished: code }
    },
    approve: (body) => {
      const { connection, published, draft } = proposal(body)
      const values = withChanges(published.values, draft.base.values, draft.record.values)
      save(pim, published, { ...published, values })
      pim.drafts.delete(connection, published)
      return { approved: textIn(body, 'code') }
    },
    reject: (body) => {
      const { connection, draft } = proposal(body)
      // The draft goes back to its author, who may change and hand it in again.
      pim.drafts.set(connection, { ...draft, isProposal: false })
      return { rejected: textIn(body, 'code') }
    },
    'regenerate-secret': regenerate('secret'),
    'regenerate-password': regenerate('password'),
    'disconnect-app': (body) => {
      const clientId = textIn(body, 'clientId')
      if (!apps.disconnect(clientId)) throw notFound(`The app "${clientId}" is not connected.`)
      return { disconnected: clientId }
    },
    readiness: (body) => {
      const configurations = listIn(body, 'configurations').map(readinessIn)
      catalog.readiness.clear()
      for (const configuration of configurations) catalog.readiness.set(configuration.code, configuration)
      return { configurations: configurations.length }
    },
    jobs: (body) => {
      const jobs = listIn(body, 'jobs').map(jobIn)
      for (const job of jobs) catalog.jobs.set(job.code, job)
      return { jobs: jobs.length }
    },
    'job-executions': () => [...pim.executions],
    // Plain records of texts, whose interface has no index signature.
    'event-logs': () => eventsApi.logs as unknown as Json,
    'event-retries': () => platform.retries(),
    'workflow-statuses': (body) => {
      const statuses = listIn(body, 'statuses')
      catalog.workflowStatuses.set(keyOf(record(body)), statuses)
      return { statuses: statuses.length }
    },
  }
}

/** What the draft says differently from where it began, put into the values of today. */
function withChanges(
  today: ReadonlyMap<string, readonly Value[]>,
  base: ReadonlyMap<string, readonly Value[]>,
  draft: ReadonlyMap<string, readonly Value[]>,
): Map<string, readonly Value[]> {
  const values = new Map(today)
  for (const code of new Set([...base.keys(), ...draft.keys()])) {
    const wanted = draft.get(code)
    if (sameJson(base.get(code) ?? [], wanted ?? [])) continue
    if (wanted === undefined) values.delete(code)
    else values.set(code, wanted)
  }
  return values
}

function textIn(body: JsonObject, key: string): string {
  const text = body[key]
  if (typeof text !== 'string' || text === '') throw badRequest(`"${key}" is missing.`)
  return text
}

function listIn(body: JsonObject, key: string): JsonObject[] {
  const list = body[key]
  if (Array.isArray(list) && list.every(isObject)) return list
  throw badRequest(`"${key}" is a list of objects.`)
}

function readinessIn(given: JsonObject): ReadinessConfiguration {
  const code = textIn(given, 'code')
  const { attributes, families, channels, locales } = given
  const isList = (list: Json | undefined): list is string[] | undefined =>
    list === undefined || isStringArray(list)
  if (!isStringArray(attributes) || !isList(families) || !isList(channels) || !isList(locales)) {
    throw badRequest('A readiness configuration is {code, attributes, families?, channels?, locales?}.')
  }
  return {
    code,
    attributes,
    ...(families !== undefined && { families }),
    ...(channels !== undefined && { channels }),
    ...(locales !== undefined && { locales }),
  }
}

function jobIn(given: JsonObject): Job {
  const { type } = given
  if (type !== 'import' && type !== 'export') throw badRequest('The type of a job is import or export.')
  return { code: textIn(given, 'code'), type }
}
