import { addCounted } from '../../connectors/hub/enrichment/counts.ts'
import { judgeAgain } from '../../connectors/hub/enrichment/due.ts'
import { dropFile, type HeldFile, postponeFile } from '../../connectors/hub/enrichment/files.ts'
import { forgetFindings, keepFindings, productOf } from '../../connectors/hub/enrichment/findings.ts'
import { keepValues } from '../../connectors/hub/enrichment/values.ts'
import { icecatOf } from './context.ts'
import type { FileFate } from './place-file.ts'
import { firstFileWaitMs, heldForMs } from './holds.ts'
import type { Writing } from './writing.ts'

/** Between two tries of one file; a day's runs come back to it. */
const longestWaitMs = 6 * 3_600_000

/** A file that failed so often, over hours and days, is left until Icecat has another. */
const mostAttempts = 10

/** Brings what became of a file into the ledger, in one transaction. */
export async function settleFile(
  { deps, connection, run }: Pick<Writing, 'deps' | 'connection' | 'run'>,
  holder: string,
  file: HeldFile,
  fate: FileFate,
): Promise<void> {
  const { name } = connection
  if (fate.kind === 'lost') return
  if (fate.kind === 'not-sent') {
    await postponeFile(deps.sql, name, file, { holder, message: fate.message, waitMs: 0 })
    return
  }
  if (fate.kind === 'later' && file.attempts + 1 < mostAttempts) {
    const waitMs = Math.min(firstFileWaitMs * 2 ** file.attempts, longestWaitMs)
    // Whoever was asked may still be at it: not before that is over.
    await postponeFile(
      deps.sql,
      name,
      { ...file, attempts: file.attempts + 1 },
      { holder, message: fate.message, waitMs: Math.max(waitMs, heldForMs(connection)) },
    )
    return
  }
  await deps.sql.begin(async (tx) => {
    if (!(await dropFile(tx, name, file, holder))) return
    const { stream, key, place, attribute, locale, scope, assetKey, asset, product, icecatId } = file
    const finding = { stream, key, place, product }
    const counted = { place, product: productOf(finding) }
    if (fate.kind === 'placed') {
      const { code, ticket, sentAt, bytes } = fate
      const provenance = {
        product,
        icecatId,
        from: asset?.kind ?? '',
        language: asset?.language ?? null,
        sheetUpdated: asset?.updated ?? null,
        fetchedAt: new Date().toISOString(),
        licence: icecatOf(connection).config.subscription,
      }
      await keepValues(tx, name, run, sentAt, [
        {
          stream,
          key,
          attribute,
          locale,
          scope,
          data: code,
          ticket,
          assetKey: asset === null ? null : assetKey,
          provenance,
        },
      ])
      await forgetFindings(tx, name, ['refused', 'dropped', 'changed-by-akeneo'], [finding])
      await addCounted(
        tx,
        name,
        run,
        bytes === null
          ? [{ ...counted, name: 'filesSet' }]
          : [
              { ...counted, name: 'files' },
              { ...counted, name: 'bytes', n: bytes },
            ],
      )
      return
    }
    if (fate.kind === 'overtaken') {
      await judgeAgain(tx, name, 'overtaken', [file])
      await addCounted(tx, name, run, [{ ...counted, name: 'overtaken' }])
      return
    }
    const { code, message } = fate.kind === 'later' ? { code: 'no-answer', message: fate.message } : fate
    const isProblem = fate.kind === 'problem'
    await keepFindings(tx, name, run, [
      isProblem
        ? { ...finding, kind: 'problem', code, message }
        : { ...finding, kind: 'refused', code, message, data: assetKey },
    ])
    await addCounted(tx, name, run, [{ ...counted, name: isProblem ? 'problems' : 'refused', reason: code }])
  })
}
