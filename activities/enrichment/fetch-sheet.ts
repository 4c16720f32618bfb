import { ContractError } from '../../connectors/errors.ts'
import type { IcecatClient, SheetAnswer } from '../../connectors/icecat/client.ts'
import type { Verdict } from '../../connectors/icecat/verdicts.ts'
import { type Identifier, identifierText } from '../../domain/enrichment/identifier.ts'
import { guardMatch } from '../../domain/enrichment/match/guard.ts'
import type { MatchView } from '../../domain/enrichment/match/identifiers.ts'
import { mergeSheets, type Sheet } from '../../domain/enrichment/sheet.ts'
import type { KnownProduct } from '../../connectors/hub/enrichment/products.ts'
import type { EnrichmentContext } from './context.ts'
import { languagesOf } from './lists.ts'

/** What asking Icecat for one product brought. */
export type Asked = { message: string | null; calls: Map<string, number> } &
  /**
   * `sheetUpdated`: as the index wrote it before the sheet was fetched; null: no index was read. `unchecked`: what kept the guard from
   * comparing brands; null: it has.
   */
  (
    | {
        outcome: 'found'
        sheet: Sheet
        by: Identifier
        sheetUpdated: string | null
        unchecked: string | null
      }
    /** Nothing to ask by. */
    | { outcome: 'no-identifier' }
    /** `isKnown`: Icecat knows the product and has not described it yet. */
    | { outcome: 'not-found'; isKnown: boolean }
    /** What was found is another brand's. */
    | { outcome: 'other-brand' }
    | { outcome: 'restricted' | 'embargoed' | 'unclear' }
  )

/** Asks by one identifier after the other until a sheet is this product's: in each language, or in all at once. */
export async function fetchSheet(
  client: IcecatClient,
  context: EnrichmentContext,
  { identifiers, icecatId, indexUpdated }: Pick<KnownProduct, 'identifiers' | 'icecatId' | 'indexUpdated'>,
  view: MatchView,
  signal: AbortSignal,
): Promise<Asked> {
  const { mapping, lists, icecat } = context
  const calls = new Map<string, number>()
  let best: Verdict | null = null
  let otherBrand: string | null = null
  for (const identifier of inOrder(identifiers, icecatId)) {
    const { sheet, verdict } =
      icecat.config.door === 'xml'
        ? await inAllLanguages(client, identifier, calls, signal)
        : await languageByLanguage(client, identifier, languagesOf(mapping), calls, signal)
    if (sheet === null) {
      if (verdict !== null && rank(verdict) > rank(best)) best = verdict
      continue
    }
    const guard = guardMatch(sheet, view, mapping.match, lists.brands, mapping.guard.brand)
    if (guard.kind === 'disagrees') {
      otherBrand ??= guard.message
      continue
    }
    const unchecked = guard.kind === 'agrees' ? null : guard.message
    return {
      outcome: 'found',
      sheet,
      by: identifier,
      sheetUpdated: indexUpdated,
      unchecked,
      message: null,
      calls,
    }
  }
  if (otherBrand !== null) return { outcome: 'other-brand', message: otherBrand, calls }
  if (best === null)
    return { outcome: 'no-identifier', message: 'has nothing that Icecat could be asked by', calls }
  const asked = identifiers.map(identifierText).join(', ')
  const message = `${asked}: ${best.remedy}`
  if (best.outcome === 'not-found')
    return { outcome: 'not-found', isKnown: best.code === 'no-sheet', message, calls }
  if (best.outcome === 'restricted' || best.outcome === 'embargoed')
    return { outcome: best.outcome, message, calls }
  return { outcome: 'unclear', message, calls }
}

/** The id that matched before comes last. */
function inOrder(identifiers: readonly Identifier[], icecatId: string | null): readonly Identifier[] {
  const isThere = identifiers.some((one) => one.by === 'icecatId' && one.icecatId === icecatId)
  return icecatId === null || isThere ? identifiers : [...identifiers, { by: 'icecatId', icecatId }]
}

/** Of several answers the one that says most: a product that is known by one key and unknown by another is known. */
const rank = (verdict: Verdict | null): number => {
  if (verdict === null) return 0
  if (verdict.outcome === 'not-found') return verdict.code === 'no-sheet' ? 2 : 1
  if (verdict.outcome === 'unclear') return 3
  return 4
}

interface SheetOrVerdict {
  sheet: Sheet | null
  verdict: Verdict | null
}

async function languageByLanguage(
  client: IcecatClient,
  identifier: Identifier,
  languages: readonly string[],
  calls: Map<string, number>,
  signal: AbortSignal,
): Promise<SheetOrVerdict> {
  const sheets: Sheet[] = []
  let ask = identifier
  let unknown: Verdict | null = null
  for (const language of languages) {
    const answer = await sheetOrUnclear(() => client.sheet(ask, language, signal))
    if (!('sheet' in answer)) {
      if (answer.verdict.outcome === 'language-unknown') {
        unknown = answer.verdict
        continue
      }
      // What one language lacks altogether, no other has; and half a sheet would withdraw what the other half has.
      return { sheet: null, verdict: answer.verdict }
    }
    calls.set(language, (calls.get(language) ?? 0) + 1)
    sheets.push(answer.sheet)
    // Another language by another key could be another product.
    ask = { by: 'icecatId', icecatId: answer.sheet.icecatId }
  }
  return { sheet: mergeSheets(sheets), verdict: unknown }
}

async function inAllLanguages(
  client: IcecatClient,
  identifier: Identifier,
  calls: Map<string, number>,
  signal: AbortSignal,
): Promise<SheetOrVerdict> {
  const answer = await sheetOrUnclear(() => client.sheetByXml(identifier, 'INT', signal))
  if (!('sheet' in answer)) return { sheet: null, verdict: answer.verdict }
  calls.set('INT', 1)
  return { sheet: answer.sheet, verdict: null }
}

/** A sheet of a form that nobody knows harms its own product only. */
async function sheetOrUnclear(ask: () => Promise<SheetAnswer>): Promise<SheetAnswer> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    const { code, came, remedy } = error
    return {
      outcome: 'unclear',
      verdict: { outcome: 'unclear', code, scope: 'product', who: 'icecat', remedy: `${came}. ${remedy}` },
    }
  }
}
