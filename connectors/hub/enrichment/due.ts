import { foldCase } from '../../../domain/text.ts'
import type { Transaction } from '../database.ts'
import { rootModelsOf } from '../source-relations.ts'
import type { RecordName } from './record.ts'

/** The products behind these records are judged again: of a model, all variants below its root. */
export async function judgeAgain(
  tx: Transaction,
  connection: string,
  due: string,
  records: readonly RecordName[],
): Promise<void> {
  if (records.length === 0) return
  const products = records.filter(({ stream }) => stream === 'products').map(({ key }) => key)
  const models = records.filter(({ stream }) => stream === 'product-models').map(({ key }) => key)
  const roots = (await rootModelsOf(tx, connection, models)).map(foldCase)
  await tx`
    update enrichment_product set due = coalesce(due, ${due}), due_at = least(coalesce(due_at, now()), now())
    where connection = ${connection} and (product = any(${products}) or root = any(${roots}))`
}
