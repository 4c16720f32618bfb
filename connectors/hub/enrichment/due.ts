import { foldCase } from '../../../domain/text.ts'
import type { Transaction } from '../database.ts'
import { rootModelsOf } from '../source-relations.ts'
import { nameOf, type RecordName } from './record.ts'

/** A record to be judged again, and the product whose sheet that is about, as far as it is known. */
export type DueRecord = RecordName & { product?: string | null }

/**
 * The products behind these records are judged again. Of a model, the variant that it is about, as long as what its sheet has for the
 * model is kept: so is what its siblings' have, and no sheet of theirs is fetched. Else all variants below its root.
 */
export async function judgeAgain(
  tx: Transaction,
  connection: string,
  due: string,
  records: readonly DueRecord[],
): Promise<void> {
  if (records.length === 0) return
  const models = records.filter(({ stream }) => stream === 'product-models')
  const variants = await variantsOf(tx, connection, models)
  const others = models.filter((model) => !variants.has(nameOf(model))).map(({ key }) => key)
  const products = records.flatMap((record) =>
    record.stream === 'products' ? [record.key] : (variants.get(nameOf(record)) ?? []),
  )
  const roots = (await rootModelsOf(tx, connection, others)).map(foldCase)
  await tx`
    update enrichment_product set due = coalesce(due, ${due}), due_at = least(coalesce(due_at, now()), now())
    where connection = ${connection} and (product = any(${products}) or root = any(${roots}))`
}

/** The variant that each of these models is about, where one is named whose sheet has something for the model. */
async function variantsOf(
  tx: Transaction,
  connection: string,
  models: readonly DueRecord[],
): Promise<Map<string, string>> {
  const named = models.flatMap(({ key, product }) => (product == null ? [] : [{ key, product }]))
  if (named.length === 0) return new Map()
  const rows = await tx<{ key: string; product: string }[]>`
    select r.key, r.product
    from json_to_recordset(${JSON.stringify(named)}::text::json) as r (key text, product text)
    join enrichment_product p on p.connection = ${connection} and p.product = r.product
    where p.model_cells ? r.key`
  return new Map(rows.map(({ key, product }) => [nameOf({ stream: 'product-models', key }), product]))
}
