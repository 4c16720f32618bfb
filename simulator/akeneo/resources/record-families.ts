import { CodeMap } from '../codes.ts'
import {
  newRecordFamily,
  type FamilyRecord,
  type RecordFamily,
  type RecordValue,
} from '../catalog/record-family.ts'
import { isoDate, parseIsoFilterDate } from '../dates.ts'
import { ApiError, badRequest, notFound, unprocessable, validationFailed } from '../errors.ts'
import { encodePath, searchAfterPage, type LinkQuery } from '../http/paging.ts'
import { created, noContent, ok, type ApiRequest, type ApiResponse } from '../http/request.ts'
import { MULTIPART_TYPE, type Route } from '../http/router.ts'
import { isObject, isPhpArray, phpString, sameJson, type Json, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { decodeSearch } from '../search/criteria.ts'
import { storeFile } from '../write/media-routes.ts'
import { decodeBody, invalidJson } from '../write/payload.ts'
import { checkCode } from '../write/structure-routes.ts'
import { bytesOf } from './media-files.ts'
import { API, found } from './listing.ts'

/** How reference entities and asset families differ on the outside. */
interface Flavour {
  path: string
  noun: string
  items: string
  itemNoun: string
  mediaPath: string
  mediaHeader: string
  canDelete: boolean
  /** Asset family codes in URLs are compared letter by letter, unlike every other code. */
  caseSensitive: boolean
  fields: JsonObject
  attributes: (JsonObject & { code: string })[]
  families: (pim: Pim) => CodeMap<RecordFamily>
}

const attribute = (code: string, type: string, rest: JsonObject = {}): JsonObject & { code: string } => ({
  code,
  labels: {},
  type,
  value_per_locale: false,
  value_per_channel: false,
  is_required_for_completeness: false,
  ...rest,
})

const REFERENCE_ENTITIES: Flavour = {
  path: `${API}/reference-entities`,
  noun: 'Reference entity',
  items: 'records',
  itemNoun: 'Record',
  mediaPath: `${API}/reference-entities-media-files`,
  mediaHeader: 'reference-entities-media-file-code',
  canDelete: false,
  caseSensitive: false,
  fields: { labels: {}, image: null },
  attributes: [
    attribute('label', 'text', { value_per_locale: true, max_characters: null, is_textarea: false }),
    attribute('image', 'image', { allowed_extensions: [], max_file_size: null }),
  ],
  families: (pim) => pim.catalog.referenceEntities,
}

const ASSET_FAMILIES: Flavour = {
  path: `${API}/asset-families`,
  noun: 'Asset family',
  items: 'assets',
  itemNoun: 'Asset',
  mediaPath: `${API}/asset-media-files`,
  mediaHeader: 'asset-media-file-code',
  canDelete: true,
  caseSensitive: true,
  fields: {
    labels: {},
    attribute_as_main_media: 'media',
    naming_convention: {},
    product_link_rules: [],
    transformations: [],
  },
  attributes: [
    attribute('label', 'text', { value_per_locale: true, max_characters: null, is_textarea: false }),
    attribute('media', 'media_file', { allowed_extensions: [], max_file_size: null, media_type: 'other' }),
  ],
  families: (pim) => pim.catalog.assetFamilies,
}

const PAGE = 100

export function recordFamilyRoutes(pim: Pim): Route[] {
  return [...flavourRoutes(pim, REFERENCE_ENTITIES), ...flavourRoutes(pim, ASSET_FAMILIES)]
}

function flavourRoutes(pim: Pim, flavour: Flavour): Route[] {
  const { path, noun, items, itemNoun, mediaPath } = flavour
  const families = flavour.families(pim)
  const family = ({ params }: ApiRequest): RecordFamily => {
    const code = params['family'] ?? ''
    const known = families.get(code)
    const isIt = known !== undefined && (!flavour.caseSensitive || known.code === code)
    return found(isIt ? known : undefined, () => notFound(`${noun} "${code}" does not exist.`))
  }
  const attributeOf = (request: ApiRequest) => {
    const code = request.params['attribute'] ?? ''
    return found(family(request).attributes.get(code), () =>
      notFound(`Attribute "${code}" does not exist for the ${noun.toLowerCase()} "${family(request).code}".`),
    )
  }
  const there = (request: ApiRequest, rest: string, isNew: boolean): ApiResponse => {
    const location = `${request.origin}${path}/${rest}`
    return isNew ? created(location) : noContent({ location })
  }

  return [
    {
      method: 'GET',
      template: path,
      handler: (request) =>
        cursorPage(request, path, families.sorted(), (one) => renderFamily(request, flavour, one)),
    },
    {
      method: 'GET',
      template: `${path}/{family}`,
      handler: (request) => ok(renderFamily(request, flavour, family(request))),
    },
    {
      method: 'PATCH',
      template: `${path}/{family}`,
      handler: async (request) => {
        const code = request.params['family'] ?? ''
        const body = decodeBody(await request.text())
        const existing = families.get(code)
        checkCode('code', existing?.code ?? code, body)
        checkFields(body, ['code', ...Object.keys(flavour.fields), 'sharing_enabled', '_links'])
        const target = existing ?? newRecordFamily(code, { ...flavour.fields })
        const { code: _code, _links, ...fields } = body
        target.fields = mergeFields(target.fields, fields)
        if (existing === undefined) {
          for (const standard of flavour.attributes) target.attributes.set(standard.code, { ...standard })
          families.set(code, target)
        }
        return there(request, encodePath(target.code), existing === undefined)
      },
    },
    {
      method: 'GET',
      template: `${path}/{family}/attributes`,
      handler: (request) => ok(family(request).attributes.sorted()),
    },
    {
      method: 'GET',
      template: `${path}/{family}/attributes/{attribute}`,
      handler: (request) => ok(attributeOf(request)),
    },
    {
      method: 'PATCH',
      template: `${path}/{family}/attributes/{attribute}`,
      handler: async (request) => {
        const owner = family(request)
        const code = request.params['attribute'] ?? ''
        const body = decodeBody(await request.text())
        const existing = owner.attributes.get(code)
        checkCode('code', existing?.code ?? code, body)
        if (existing === undefined && typeof body['type'] !== 'string') {
          throw validationFailed([{ property: 'type', message: 'This value should not be blank.' }])
        }
        if (existing !== undefined && Object.hasOwn(body, 'type') && body['type'] !== existing['type']) {
          throw validationFailed([{ property: 'type', message: 'This property cannot be changed.' }])
        }
        const before = existing ?? attribute(code, phpString(body['type']))
        owner.attributes.set(code, { ...mergeFields(before, body), code: before.code })
        return there(request, `${owner.code}/attributes/${encodePath(before.code)}`, existing === undefined)
      },
    },
    {
      method: 'GET',
      template: `${path}/{family}/attributes/{attribute}/options`,
      handler: (request) => ok(family(request).options.get(attributeOf(request).code)?.sorted() ?? []),
    },
    {
      method: 'GET',
      template: `${path}/{family}/attributes/{attribute}/options/{option}`,
      handler: (request) => {
        const code = request.params['option'] ?? ''
        const option = family(request).options.get(attributeOf(request).code)?.get(code)
        return ok(found(option, () => notFound(`Option "${code}" does not exist.`)))
      },
    },
    {
      method: 'PATCH',
      template: `${path}/{family}/attributes/{attribute}/options/{option}`,
      handler: async (request) => {
        const owner = family(request)
        const attributeCode = attributeOf(request).code
        const code = request.params['option'] ?? ''
        const body = decodeBody(await request.text())
        const options = owner.options.get(attributeCode) ?? new CodeMap<JsonObject & { code: string }>()
        const existing = options.get(code)
        checkCode('code', existing?.code ?? code, body)
        const before = existing ?? { code, labels: {} }
        options.set(code, { ...mergeFields(before, body), code: before.code })
        owner.options.set(attributeCode, options)
        const rest = `${owner.code}/attributes/${attributeCode}/options/${encodePath(before.code)}`
        return there(request, rest, existing === undefined)
      },
    },
    {
      method: 'GET',
      template: `${path}/{family}/${items}`,
      handler: (request) => {
        const owner = family(request)
        const holds = recordFilter(request.query.get('search') ?? undefined, pim)
        const records = owner.records.sorted().filter(holds)
        return cursorPage(request, `${path}/${owner.code}/${items}`, records, (record) =>
          renderRecord(pim, request, flavour, owner, record),
        )
      },
    },
    {
      method: 'PATCH',
      template: `${path}/{family}/${items}`,
      handler: async (request) => ok(patchRecords(pim, family(request), await request.text())),
    },
    {
      method: 'GET',
      template: `${path}/{family}/${items}/{code}`,
      handler: (request) => {
        const owner = family(request)
        const code = request.params['code'] ?? ''
        const missing = () =>
          notFound(`${itemNoun} "${code}" does not exist for the ${noun.toLowerCase()} "${owner.code}".`)
        return ok(renderRecord(pim, request, flavour, owner, found(owner.records.get(code), missing)))
      },
    },
    {
      method: 'PATCH',
      template: `${path}/{family}/${items}/{code}`,
      handler: async (request) => {
        const owner = family(request)
        const code = request.params['code'] ?? ''
        const body = decodeBody(await request.text())
        checkCode('code', owner.records.get(code)?.code ?? code, body)
        const isNew = writeRecord(pim, owner, code, body)
        return there(request, `${owner.code}/${items}/${encodePath(code)}`, isNew)
      },
    },
    ...(flavour.canDelete
      ? [
          {
            method: 'DELETE',
            template: `${path}/{family}/${items}/{code}`,
            handler: (request: ApiRequest) => {
              const owner = family(request)
              const code = request.params['code'] ?? ''
              if (!owner.records.delete(code)) {
                throw notFound(
                  `${itemNoun} "${code}" does not exist for the ${noun.toLowerCase()} "${owner.code}".`,
                )
              }
              return noContent()
            },
          },
        ]
      : []),
    {
      method: 'POST',
      template: mediaPath,
      contentTypes: [MULTIPART_TYPE],
      handler: async (request) => {
        const upload = (await request.form()).files.get('file')
        if (upload === undefined) throw unprocessable('Property "file" is required.')
        const file = storeFile(pim, upload, pim.catalog.recordMediaFiles)
        const location = `${request.origin}${mediaPath}/${encodePath(file.code)}`
        return { status: 201, headers: { location, [flavour.mediaHeader]: file.code } }
      },
    },
    {
      method: 'GET',
      template: `${mediaPath}/{code+}`,
      anyAccept: true,
      handler: ({ params }) => {
        const code = params['code'] ?? ''
        const file = found(pim.catalog.recordMediaFiles.get(code), () =>
          notFound(`Media file "${code}" does not exist.`),
        )
        return { status: 200, headers: { 'content-type': file.mime_type }, bytes: bytesOf(file) }
      },
    },
  ]
}

/** These lists know no limit and no pages: a cursor is all there is. */
function cursorPage<T extends { code: string }>(
  request: ApiRequest,
  path: string,
  records: T[],
  render: (record: T) => JsonObject,
): ApiResponse {
  const cursor = request.query.get('search_after') ?? undefined
  const start = cursor === undefined ? 0 : records.findIndex(({ code }) => code === cursor) + 1
  const page = records.slice(start, start + PAGE)
  const links: LinkQuery = [...request.query].filter(([name]) => name !== 'search_after')
  const paging = { type: 'search_after', limit: PAGE, page: 1, withCount: false } as const
  const entries = page.map((record) => ({ path: `${path}/${encodePath(record.code)}`, item: render(record) }))
  return ok(searchAfterPage(request, paging, links, entries, { self: cursor, next: page.at(-1)?.code }))
}

function renderFamily(request: ApiRequest, flavour: Flavour, family: RecordFamily): JsonObject {
  const image = family.fields['image']
  const href =
    typeof image === 'string' ? `${request.origin}${flavour.mediaPath}/${encodePath(image)}` : undefined
  return {
    ...(href !== undefined && { _links: { image_download: { href } } }),
    code: family.code,
    ...family.fields,
  }
}

function renderRecord(
  pim: Pim,
  request: ApiRequest,
  flavour: Flavour,
  family: RecordFamily,
  record: FamilyRecord,
): JsonObject {
  const locales = request.query.get('locales')?.split(',')
  const channel = request.query.get('channel')
  const values: JsonObject = {}
  for (const [code, entries] of record.values) {
    const type = family.attributes.get(code)?.['type']
    const shown = entries.filter(
      (entry) =>
        (entry.locale === null || locales?.includes(entry.locale) !== false) &&
        (entry.channel === null || channel === null || entry.channel === channel),
    )
    if (shown.length === 0) continue
    values[code] = shown.map(({ locale, channel: where, data }) => {
      const isFile = type === 'image' || type === 'media_file'
      const href = `${request.origin}${flavour.mediaPath}/${encodePath(phpString(data))}`
      return { locale, channel: where, data, ...(isFile && { _links: { download: { href } } }) }
    })
  }
  const { timezone } = pim.settings
  return {
    code: record.code,
    values,
    created: isoDate(record.created, timezone),
    updated: isoDate(record.updated, timezone),
  }
}

/** Objects merge by key, everything else replaces. */
function mergeFields(before: JsonObject, body: JsonObject): JsonObject {
  const merged = { ...before }
  for (const [field, value] of Object.entries(body)) {
    const old = merged[field] ?? null
    merged[field] = field === 'labels' && isObject(old) && isPhpArray(value) ? mergeLabels(old, value) : value
  }
  return merged
}

function mergeLabels(before: JsonObject, given: Json[] | JsonObject): JsonObject {
  const labels = new Map(Object.entries(before))
  for (const [locale, label] of Object.entries(given)) {
    if (label === null || label === '') labels.delete(locale)
    else labels.set(locale, label)
  }
  return Object.fromEntries(labels)
}

function checkFields(body: JsonObject, known: string[]): void {
  const unknown = Object.keys(body).find((field) => !known.includes(field))
  if (unknown !== undefined) throw unprocessable(`Property "${unknown}" does not exist.`)
}

const MAX_RECORDS = 100

function patchRecords(pim: Pim, family: RecordFamily, text: string): Json {
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw invalidJson()
  }
  if (!Array.isArray(body)) throw badRequest('The body should be an array.')
  if (body.length > MAX_RECORDS) {
    throw new ApiError(413, `Too many resources to process, ${MAX_RECORDS} is the maximum allowed.`)
  }
  return body.map((given): JsonObject => {
    const code = isObject(given) && typeof given['code'] === 'string' ? given['code'] : ''
    try {
      if (!isObject(given) || code === '') throw unprocessable('Code is missing.')
      return { code, status_code: writeRecord(pim, family, code, given) ? 201 : 204 }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { code: status_code, ...rest } = error.body()
      return { code, status_code: status_code ?? 422, ...rest }
    }
  })
}

/** Returns whether the record is new. */
function writeRecord(pim: Pim, family: RecordFamily, code: string, body: JsonObject): boolean {
  checkFields(body, ['code', 'values', 'created', 'updated', '_links', 'asset_family_code'])
  if (!/^[a-zA-Z0-9_]+$/.test(code)) {
    const message = 'This field may only contain letters, numbers and underscores.'
    throw validationFailed([{ property: 'code', message }])
  }
  const existing = family.records.get(code)
  const values = mergeValues(pim, family, existing, body['values'] ?? {})
  const at = pim.writtenAt()
  if (existing === undefined) {
    family.records.set(code, { code, values, created: at, updated: at })
    return true
  }
  if (!sameJson([...existing.values], [...values]))
    family.records.set(code, { ...existing, values, updated: at })
  return false
}

function mergeValues(
  pim: Pim,
  family: RecordFamily,
  existing: FamilyRecord | undefined,
  given: Json,
): Map<string, RecordValue[]> {
  if (!isPhpArray(given)) throw unprocessable('Property "values" expects an array as data.')
  const values = new Map([...(existing?.values ?? [])].map(([code, entries]) => [code, [...entries]]))
  for (const [code, inputs] of Object.entries(given)) {
    const attribute = family.attributes.get(code)
    if (attribute === undefined) {
      throw validationFailed([{ property: `values.${code}`, message: `Attribute "${code}" does not exist.` }])
    }
    if (!Array.isArray(inputs)) throw unprocessable(`Property "${code}" expects an array as data.`)
    for (const input of inputs) {
      const { locale = null, channel = null, data = null } = isObject(input) ? input : {}
      checkPlace(pim, attribute, locale, channel)
      const place = { locale: locale as string | null, channel: channel as string | null }
      const others = (values.get(attribute.code) ?? []).filter(
        (entry) => entry.locale !== place.locale || entry.channel !== place.channel,
      )
      const isErased = data === null || data === '' || (Array.isArray(data) && data.length === 0)
      const entries = isErased ? others : [...others, { ...place, data }]
      if (entries.length === 0) values.delete(attribute.code)
      else values.set(attribute.code, entries)
    }
  }
  return values
}

function checkPlace(pim: Pim, attribute: JsonObject & { code: string }, locale: Json, channel: Json): void {
  const property = `values.${attribute.code}`
  const refuse = (message: string) => validationFailed([{ property, message }])
  if ((attribute['value_per_locale'] === true) !== (locale !== null)) {
    throw refuse(
      locale === null ? 'A locale is expected.' : `A locale is not expected, "${phpString(locale)}" given.`,
    )
  }
  if ((attribute['value_per_channel'] === true) !== (channel !== null)) {
    throw refuse(
      channel === null
        ? 'A channel is expected.'
        : `A channel is not expected, "${phpString(channel)}" given.`,
    )
  }
  if (locale !== null && !pim.catalog.localeEnabled(phpString(locale))) {
    throw refuse(`The locale "${phpString(locale)}" is not activated.`)
  }
  if (channel !== null && !pim.catalog.channels.has(phpString(channel))) {
    throw refuse(`The channel "${phpString(channel)}" does not exist.`)
  }
}

/** `code` IN, `updated` with ISO dates, `complete` (which we take for granted). */
function recordFilter(text: string | undefined, pim: Pim): (record: FamilyRecord) => boolean {
  const search = decodeSearch(text, () => badRequest('Search query parameter should be valid JSON.'))
  const conditions: ((record: FamilyRecord) => boolean)[] = []
  for (const [property, given] of Object.entries(search)) {
    const criteria = (Array.isArray(given) ? given : [given]).filter(isObject)
    for (const { operator = null, value = null } of criteria) {
      if (property === 'code' && operator === 'IN' && Array.isArray(value)) {
        const wanted = new Set(value.map((code) => phpString(code).toLowerCase()))
        conditions.push(({ code }) => wanted.has(code.toLowerCase()))
      } else if (property === 'updated') conditions.push(updatedCondition(phpString(operator), value, pim))
      else if (property !== 'complete') {
        throw unprocessable(
          `Filter on property "${property}" is not supported or does not support operator "${phpString(operator)}"`,
        )
      }
    }
  }
  return (record) => conditions.every((holds) => holds(record))
}

function updatedCondition(operator: string, value: Json, pim: Pim): (record: FamilyRecord) => boolean {
  const parse = (text: Json) => {
    const at = parseIsoFilterDate(phpString(text))
    if (at === undefined) throw badRequest('This value is not in a valid ISO 8601 standard datetime format')
    return at
  }
  switch (operator) {
    case '>': {
      const bound = parse(value)
      return ({ updated }) => updated > bound
    }
    case '<': {
      const bound = parse(value)
      return ({ updated }) => updated < bound
    }
    case 'BETWEEN':
    case 'NOT BETWEEN': {
      const [from = 0, to = 0] = (Array.isArray(value) ? value : []).map(parse)
      return ({ updated }) => (updated >= from && updated <= to) === (operator === 'BETWEEN')
    }
    case 'SINCE LAST N DAYS': {
      const bound = pim.clock.now().getTime() - Number(value) * 86_400_000
      return ({ updated }) => updated > bound
    }
    default:
      throw unprocessable(
        `Filter on property "updated" is not supported or does not support operator "${operator}"`,
      )
  }
}
