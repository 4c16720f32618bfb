import { failures, IcecatError } from '../errors.ts'
import { langidOf } from '../languages.ts'
import { assetContent } from '../render/asset.ts'
import { INDEX_KINDS, renderIndex, type IndexKind } from '../render/index-file.ts'
import { renderRef } from '../render/refs.ts'
import { xml, type Answer, type Call } from './answer.ts'
import { sheetFile, type DoorParts } from './doors.ts'

export interface FileParts extends DoorParts {
  /** When the indexes of the last night were made. */
  generatedAt: () => Date
}

const FILE = /^\/export\/(level4|freexml|freexml\.int)\/([A-Za-z_]+)\/(.*)$/
const REF = /^\/export\/(?:level4|freexml|freexml\.int)\/refs\/([A-Za-z_]+)\.xml(\.gz)?$/

/** The batch door: indexes, reference files and sheets as files. Undefined for a path that is none of these. */
export function fileDoor(parts: FileParts, call: Call): Answer | undefined {
  if (!call.path.startsWith('/export/')) return undefined
  try {
    return file(parts, call) ?? xml('', 404)
  } catch (error) {
    if (!(error instanceof IcecatError)) throw error
    return { status: error.code, type: 'text/plain', body: error.message }
  }
}

function file(parts: FileParts, call: Call): Answer | undefined {
  const caller = parts.accounts.byPassword({ headers: call.headers, address: call.address })
  const ref = REF.exec(call.path)
  if (ref !== null) {
    const lines = renderRef(parts.world, ref[1] ?? '')
    return lines === undefined ? undefined : packed(xml(lines), ref[2] !== undefined)
  }
  const [, folder = '', language = '', name = ''] = FILE.exec(call.path) ?? []
  const repository = folder.startsWith('freexml') ? 'freexml' : folder
  if (repository === '' || langidOf(language.toUpperCase()) < 0) return undefined
  if (repository === 'level4' && !caller.full) throw failures.badCredentials()
  const sheet = /^(\d+)\.xml(\.gz)?$/.exec(name)
  if (sheet !== null) {
    return packed(sheetFile(parts, call, language.toUpperCase(), sheet[1] ?? ''), sheet[2] !== undefined)
  }
  // A bare folder shows the daily index.
  const index = /^(files|daily|on_market|nobody)\.index\.(xml|csv)(\.gz)?$/.exec(
    name === '' ? 'daily.index.xml' : name,
  )
  if (index === null) return undefined
  const format = index[2] === 'csv' ? 'csv' : 'xml'
  const pieces = renderIndex(parts.world, {
    kind: INDEX_KINDS.find((kind) => kind === index[1]) ?? ('files' satisfies IndexKind),
    generatedAt: parts.generatedAt(),
    repository,
    language: language.toUpperCase(),
    format,
    extraRows: { files: parts.settings.indexRows, daily: parts.settings.dailyRows },
  })
  const answer: Answer = format === 'csv' ? { status: 200, type: 'text/csv', body: pieces } : xml(pieces)
  return packed(answer, index[3] !== undefined)
}

const packed = (answer: Answer, gzip: boolean): Answer =>
  gzip && answer.status === 200 ? { ...answer, type: 'application/gzip' } : answer

/** Pictures, documents and videos; `assetsNeedToken` asks for a content token behind the address. */
export function assetDoor({ accounts, settings }: DoorParts, call: Call): Answer | undefined {
  if (!call.path.startsWith('/assets/')) return undefined
  const token = call.query.get('content_token') ?? null
  if ((settings.assetsNeedToken || token !== null) && !accounts.acceptsContentToken(token)) {
    return { status: 403, type: 'text/plain', body: 'A content token is needed.' }
  }
  const { type, bytes } = assetContent(call.path)
  return { status: 200, type, body: bytes }
}
