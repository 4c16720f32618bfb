import { generatedRows } from '../index-generator.ts'
import type { Product } from '../model.ts'
import type { World } from '../world.ts'
import { indexStamp, xmlAttributes, xmlText } from './text.ts'

export const INDEX_KINDS = ['files', 'daily', 'on_market', 'nobody'] as const
export type IndexKind = (typeof INDEX_KINDS)[number]

export interface IndexRequest {
  kind: IndexKind
  /** When the night's files were made: later changes are not in them. */
  generatedAt: Date
  /** Folder of the door, `level4` or `freexml`; the Open one lists sponsoring brands only. */
  repository: string
  language: string
  format: 'xml' | 'csv'
  /** Rows made up and added to an index. */
  extraRows: Partial<Record<IndexKind, number>>
}

const DAY_MS = 86_400_000

/** An index of the night, piece by piece: a whole one would not fit into memory. */
export function* renderIndex(world: World, request: IndexRequest): Generator<string> {
  const rows = rowsOf(world, request)
  const extra = request.extraRows[request.kind] ?? 0
  if (request.format === 'csv') {
    yield `${COLUMNS.join('\t')}\n`
    for (const row of rows) yield csvRow(row)
    return
  }
  yield `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ICECAT-interface SYSTEM "http://data.icecat.biz/dtd/files.index.dtd">
<!-- source: Icecat.biz -->
<ICECAT-interface xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://data.icecat.biz/xsd/files.index.xsd">
  <files.index Generated="${indexStamp(request.generatedAt)}">
`
  for (const row of rows) yield xmlRow(row)
  if (extra > 0) yield* generatedRows({ rows: extra, seed: 7 })
  yield '  </files.index>\n</ICECAT-interface>\n'
}

interface Row {
  product: Product
  path: string
  updated: Date
  quality: 'ICECAT' | 'NOEDITOR' | 'REMOVED'
}

function rowsOf(world: World, { kind, generatedAt, repository, language }: IndexRequest): Row[] {
  const rows: Row[] = []
  for (const product of world.catalogue.products.values()) {
    const stage = world.stage(product, generatedAt)
    if (stage === 'unborn') continue
    if (repository === 'freexml' && world.catalogue.brands.get(product.brandId)?.sponsor !== true) continue
    const updated = world.updated(product, generatedAt)
    const recent = updated.getTime() > generatedAt.getTime() - DAY_MS
    const wanted =
      kind === 'nobody'
        ? stage === 'nobody'
        : kind === 'daily'
          ? recent && stage !== 'nobody'
          : stage === 'described' && (kind === 'files' || product.markets.length > 0)
    if (!wanted) continue
    rows.push({
      product,
      path: `export/${repository}/${language}/${product.id}.xml`,
      updated,
      quality: stage === 'removed' ? 'REMOVED' : stage === 'nobody' ? 'NOEDITOR' : 'ICECAT',
    })
  }
  return rows
}

function xmlRow({ product, path, updated, quality }: Row): string {
  const stamp = indexStamp(updated)
  // A removed product's row says little else.
  if (quality === 'REMOVED') {
    return `    <file${xmlAttributes({ Product_ID: product.id, Quality: quality, Updated: stamp })}/>\n`
  }
  const picture = product.pictures.find(({ main }) => main) ?? product.pictures[0]
  const attributes = xmlAttributes({
    path,
    Product_ID: product.id,
    Updated: stamp,
    Quality: quality,
    Supplier_id: product.brandId,
    Prod_ID: product.code,
    Catid: product.categoryId,
    On_Market: product.markets.length > 0 ? 1 : 0,
    Model_Name: product.names['EN'] ?? '',
    Product_View: product.views,
    HighPic: picture?.url ?? '',
    HighPicSize: picture?.size ?? 0,
    HighPicWidth: picture?.width ?? 0,
    HighPicHeight: picture?.height ?? 0,
    Date_Added: indexStamp(new Date(product.added)),
    Limited: product.limited ? 'Yes' : 'No',
  })
  const codes = product.otherCodes.map((code) => `      <M_Prod_ID>${xmlText(code)}</M_Prod_ID>\n`)
  const gtins = product.gtins.map(
    ({ value, approved, format }) =>
      `        <EAN_UPC${xmlAttributes({ Value: value, IsApproved: approved ? 1 : 0, Format: format })}/>\n`,
  )
  const markets = product.markets.map((market) => `        <Country_Market Value="${market}"/>\n`)
  return `    <file${attributes}>\n${codes.join('')}      <EAN_UPCS>\n${gtins.join('')}      </EAN_UPCS>\n      <Country_Markets>\n${markets.join('')}      </Country_Markets>\n    </file>\n`
}

/** Columns 4, 5 and 7 stand where a published reader expects them; the others' places are not confirmed. */
const COLUMNS = [
  'path',
  'Product_ID',
  'Updated',
  'Quality',
  'Supplier_id',
  'Prod_ID',
  'Catid',
  'M_Prod_ID',
  'EAN_UPCS',
  'Model_Name',
  'On_Market',
  'Country_Markets',
  'Product_View',
  'HighPic',
  'HighPicSize',
  'HighPicWidth',
  'HighPicHeight',
  'Date_Added',
  'Limited',
]

function csvRow({ product, path, updated, quality }: Row): string {
  const picture = product.pictures[0]
  const cells = [
    path,
    product.id,
    indexStamp(updated),
    quality,
    product.brandId,
    product.code,
    product.categoryId,
    product.otherCodes.join(';'),
    product.gtins.map(({ value }) => value).join(';'),
    product.names['EN'] ?? '',
    product.markets.length > 0 ? '1' : '0',
    product.markets.join(';'),
    String(product.views),
    picture?.url ?? '',
    String(picture?.size ?? 0),
    String(picture?.width ?? 0),
    String(picture?.height ?? 0),
    indexStamp(new Date(product.added)),
    product.limited ? 'Yes' : 'No',
  ]
  return `${cells.map((cell) => cell.replace(/[\t\n\r]/g, ' ')).join('\t')}\n`
}
