import type { EarlierValue } from '../../connectors/hub/enrichment/adopt.ts'
import { idsOf, sourcesByKey } from '../../connectors/hub/sources.ts'
import { ownerOf } from '../../domain/enrichment/lines/owner.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { isEmptyValue, sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import { shownAt } from '../../domain/enrichment/plan-writes.ts'
import { foldCase } from '../../domain/text.ts'
import { fileLines, notJson, textOf } from './adopt-file.ts'
import {
  type AdoptedValues,
  type Adopting,
  type AdoptWork,
  batch,
  begin,
  isFile,
  keep,
  mappedCode,
  placed,
} from './earlier-values.ts'

/** Takes over what a file says an earlier connector wrote: a value that stands there otherwise now is a person's. */
export async function adoptFromFile(given: AdoptWork, path: string): Promise<AdoptedValues> {
  const work = await begin(given)
  let rows: FileValue[] = []
  const flush = async () => {
    const values = await resolve(work, rows)
    rows = []
    await keep(work, values)
  }
  for await (const { line, fields } of fileLines(path, 'attribute')) {
    const row = fields === null ? notJson : fileValue(given.mapping, line, fields)
    if (typeof row === 'string') {
      work.total.refused.push({ line, reason: row })
      continue
    }
    rows.push(row)
    if (rows.length === batch) await flush()
  }
  await flush()
  return work.total
}

/** One line of a file. */
interface FileValue {
  line: number
  code: string
  isModel: boolean
  attribute: string
  locale: string | null
  scope: string | null
  /** Undefined: the file does not say what was written. */
  data: unknown
  icecatId: string | null
}

function fileValue(
  mapping: IcecatMapping,
  line: number,
  fields: Record<string, unknown>,
): FileValue | string {
  const text = (name: string) => textOf(fields[name])
  const code = text('sku') || text('code')
  if (code === '') return 'has no sku'
  const kind = text('kind') || 'product'
  if (kind !== 'product' && kind !== 'model') return 'has an unknown kind; these exist: product, model'
  const attribute = mappedCode(mapping, text('attribute'))
  if (attribute === null)
    return `names ${text('attribute') || 'no attribute'}, which no rule of the mapping writes`
  return {
    line,
    code,
    isModel: kind === 'model',
    attribute,
    locale: text('locale') || null,
    scope: text('scope') || null,
    data: valueOf(fields['value']),
    icecatId: text('icecat_id') || null,
  }
}

/** What is no text in CSV is JSON there: an amount with its unit, a list of options. */
function valueOf(value: unknown): unknown {
  if (value === null || value === '' || typeof value !== 'string')
    return value === '' ? undefined : (value ?? undefined)
  if (!/^[[{]/.test(value.trim())) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/** The places that lines of a file mean, each on the record that owns it. */
async function resolve(work: Adopting, rows: readonly FileValue[]): Promise<EarlierValue[]> {
  const { sql, connection, structure, total } = work
  const values: EarlierValue[] = []
  for (const stream of ['product-models', 'products'] as const) {
    const own = rows.filter(({ isModel }) => isModel === (stream === 'product-models'))
    const known = await idsOf(
      sql,
      connection,
      stream,
      own.map(({ code }) => code),
    )
    const keys = [...new Set([...known.values()].map(({ key }) => key))]
    const records = await placed(work, await sourcesByKey(sql, connection, stream, keys))
    for (const { line, code, attribute, locale, scope, data, icecatId } of own) {
      const record = records.get(known.get(foldCase(code))?.key ?? '')
      if (record === undefined) {
        total.refused.push({ line, reason: `names ${code}, which the hub does not know` })
        continue
      }
      const owner = ownerOf(attribute, record)
      const current = shownAt(record.values, { attribute, locale, scope })
      const written = data ?? current
      if (owner === null || isEmptyValue(written)) {
        const why =
          owner === null
            ? 'is an axis, which nobody writes'
            : 'is empty in Akeneo, and the file does not say what was written'
        total.refused.push({ line, reason: `${attribute} of ${code} ${why}` })
        continue
      }
      const asked = structure.attributes.get(attribute) ?? { type: '' }
      if (!sameValue(asked, current, written, structure.measurementFamilies)) total.edited++
      values.push({
        stream: owner.kind === 'product' ? record.stream : 'product-models',
        key: owner.key,
        attribute,
        locale,
        scope,
        data: written,
        isFile: isFile(structure, attribute),
        icecatId,
      })
    }
  }
  return values
}
