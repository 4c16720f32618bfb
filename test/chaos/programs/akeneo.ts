import {
  type AkeneoOptions,
  type FaultRule,
  type RequestRecord,
  startAkeneo,
} from '../../../simulator/akeneo/index.ts'
import { levelAt, levelOf, variantOf } from '../../../simulator/akeneo/catalog/levels.ts'
import type { Product, ProductModel } from '../../../simulator/akeneo/catalog/records.ts'
import type { Rights } from '../../../simulator/akeneo/options.ts'
import { storeFile } from '../../../simulator/akeneo/write/media-routes.ts'
import { oracleFromState } from '../../oracle/from-simulator.ts'
import type { OracleRecord } from '../../oracle/hub.ts'
import type { Edit } from '../../properties/actions.ts'
import { editorOf } from '../../properties/edits.ts'
import { fileOf } from '../../properties/file-edits.ts'
import { mappedAttributes, madeWithNumber, sheetOfMade } from '../icecat-content.ts'
import { answerParent } from '../rpc.ts'
import { textOf, ValueLog, type Written } from './value-log.ts'

/** Akeneo as a process: the simulator, edits as a person makes them, and what a plain reading says the hub should hold. */
const options = JSON.parse(process.argv[2] ?? '{}') as AkeneoOptions
const rights: Rights = { locales: {}, attributeGroups: {} }
const [own, ...others] = options.connections ?? []
const akeneo = await startAkeneo({
  ...options,
  connections: own === undefined ? [] : [{ ...own, rights }, ...others],
})
const editor = editorOf(akeneo, rights)
const log = new ValueLog(akeneo.pim, mappedAttributes, own?.code ?? '')
const { catalog } = akeneo.pim
const products = () => [...catalog.products.afterIdentifier(undefined)]

/** A product as far as enrichment is concerned. */
export interface EnrichedProduct {
  uuid: string
  sku: string | null
  sheet: string | null
  family: string | null
  isVariant: boolean
  /** By attribute the record that its value belongs to: uuid of the product, or code of one of its models. */
  owners: Record<string, string>
}

/** Everything that may be said of the hub's writes. */
export interface Writes {
  written: Written[]
  /** Products that the hub made. */
  made: string[]
  products: EnrichedProduct[]
  models: string[]
  /** Collections that were written, with the names in their lines. */
  calls: { names: string[]; startedAt: number; finishedAt: number }[]
}

const nameOf = (line: string): string => {
  const { uuid, identifier, code } = JSON.parse(line) as { uuid?: string; identifier?: string; code?: string }
  return uuid ?? identifier ?? code ?? line
}

/** Where the family variant has an attribute: in the product, or so many levels above it. */
function ownerOf(product: Product, attribute: string): string {
  const variant = variantOf(catalog, product)
  if (variant === undefined) return product.uuid
  let owner: Product | ProductModel = product
  for (let level = levelAt(catalog, product, variant); level > levelOf(variant, attribute); level--)
    owner = catalog.models.get(owner.parent ?? '') ?? owner
  return owner.kind === 'product' ? owner.uuid : owner.code
}

const isOpen = ({ status, startedAt, finishedAt }: RequestRecord) => status === 0 && finishedAt === startedAt

const isWriting = ({ method, connection, lines }: RequestRecord) =>
  method === 'PATCH' && connection === own?.code && lines !== undefined

/** Of a file into a record. */
const isUpload = ({ method, path }: RequestRecord) => method === 'POST' && path.endsWith('/media-files')

const handlers = {
  url: (_: null): string => akeneo.url,
  /** `at`: dated as if it had been then. */
  edit: ({ edits, at }: { edits: Edit[]; at?: Date | undefined }): void =>
    akeneo.pim.writingAt(at, () => edits.forEach((edit) => void editor.edit(edit))),
  /** Products that were made here leave, as many as wanted. */
  deleteMade: (count: number): void => {
    const made = products().filter(({ identifier }) => identifier?.startsWith('made-') === true)
    for (const product of made.slice(0, count)) akeneo.pim.deleteProduct(product)
  },
  fault: (rule: FaultRule): void => akeneo.fault(rule),
  clearFaults: (_: null): void => akeneo.clearFaults(),
  revokeTokens: (_: null): void => akeneo.revokeTokens(),
  advance: (ms: number): void => akeneo.clock.advance(ms),
  requests: (_: null): RequestRecord[] => akeneo.requests().map(({ lines: _lines, ...record }) => record),
  /** Whether a call that reads a list of products or models, or one that writes, has no answer yet. */
  isAtWork: (method: 'GET' | 'PATCH'): boolean =>
    akeneo
      .requests()
      .some(
        (request) =>
          isOpen(request) &&
          ((request.method === method && /\/(products-uuid|product-models)$/.test(request.path)) ||
            (method === 'PATCH' && isUpload(request))),
      ),
  peaks: (_: null): Record<string, number> => akeneo.counters().peakConcurrentByConnection,
  /** Whether the search does not show all edits yet: of products and models, or of models alone. */
  searchTrails: (of: 'all' | 'models'): boolean =>
    akeneo.pim.index.trailing().some((key) => of === 'all' || key.startsWith('model/')),
  skus: (_: null): string[] => products().flatMap(({ identifier }) => identifier ?? []),
  /** Some of the products that were made here get Icecat's number. */
  number: (at: Date | undefined): void =>
    akeneo.edit(
      Array.from({ length: madeWithNumber }, (_, place) => ({
        resource: 'product',
        code: `made-${place}`,
        patch: { values: { icecat_id: [{ locale: null, scope: null, data: sheetOfMade(place) }] } },
      })),
      at,
    ),
  /** A person writes one value. */
  write: ({ uuid, place, data }: { uuid: string; place: string; data: string | null }): void => {
    const [attribute = '', locale = '', scope = ''] = place.split(' ')
    const value = { locale: locale || null, scope: scope || null, data }
    akeneo.edit([{ resource: 'product', code: uuid, patch: { values: { [attribute]: [value] } } }])
  },
  /** A person puts a file of such a text there. */
  putFile: ({ uuid, place, content }: { uuid: string; place: string; content: string }): void => {
    const upload = { mimeType: 'image/png', filename: 'own.png', content: fileOf('png', content) }
    handlers.write({ uuid, place, data: storeFile(akeneo.pim, upload).code })
  },
  /** How many collections and files were written so far. */
  writings: (_: null): number =>
    akeneo.requests().filter((request) => isWriting(request) || isUpload(request)).length,
  writes: (_: null): Writes => ({
    written: log.written,
    made: log.made,
    products: products().map((product) => ({
      uuid: product.uuid,
      sku: product.identifier,
      sheet: textOf(product.values.get('icecat_id')?.[0]?.data ?? null),
      family: product.family,
      isVariant: product.parent !== null,
      owners: Object.fromEntries(
        mappedAttributes.map((attribute) => [attribute, ownerOf(product, attribute)]),
      ),
    })),
    models: catalog.modelsInOrder().map(({ code }) => code),
    calls: akeneo
      .requests()
      .filter(isWriting)
      .map((request) => ({
        names: (request.lines ?? []).map(nameOf),
        startedAt: request.startedAt,
        // One that is still at work has not ended.
        finishedAt: isOpen(request) ? Infinity : request.finishedAt,
      })),
  }),
  expected: (_: null): OracleRecord[] => oracleFromState(catalog),
}
export type AkeneoHandlers = typeof handlers

answerParent(handlers)
