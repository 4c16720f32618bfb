import type { MediaCell } from './convert/compile-media.ts'
import type { CellProblem } from './convert/cell.ts'
import { placeOf } from './lines/model-cells.ts'
import type { OwnershipCase, OwnershipPolicy } from './mapping/document.ts'
import { judge } from './ownership/judge.ts'
import { type ShownValues, shownAt } from './plan-writes.ts'
import type { Asset } from './sheet.ts'

/** A file that was uploaded once, and where it went. */
export interface MediaLedgerValue {
  /** Which content of Icecat's it was. */
  assetKey: string
  /** Akeneo's code of the file that was sent, and the one that was shown afterwards. */
  sent: string
  echoed: unknown
  /** See `LedgerValue`. */
  wasGone?: boolean
}

export interface MediaPlan {
  /** To be fetched, uploaded and set; one upload for each content, whatever the number of its places. */
  uploads: { assetKey: string; asset: Asset; places: string[] }[]
  clears: string[]
  unchanged: number
  kept: { place: string; case: OwnershipCase; isFlagged: boolean }[]
  problems: { place: string; problem: CellProblem }[]
}

/** The same as long as the content is: Icecat changes the date or the size with it, not always the address. */
export const assetKey = ({ id, url, size, updated }: Asset): string =>
  [id ?? '', new URL(url).pathname, size ?? '', updated ?? ''].join(' ')

/** Which files to upload. A picture that a person has put there is judged as every other value. */
export function planMedia(
  cells: readonly MediaCell[],
  current: ShownValues,
  ledger: ReadonlyMap<string, MediaLedgerValue>,
  policy: OwnershipPolicy,
  released: ReadonlySet<string> = new Set(),
): MediaPlan {
  const plan: MediaPlan = { uploads: [], clears: [], unchanged: 0, kept: [], problems: [] }
  const uploads = new Map<string, MediaPlan['uploads'][number]>()
  for (const cell of cells) {
    const place = placeOf(cell)
    const { result } = cell
    if (result.kind === 'problem') {
      plan.problems.push({ place, problem: result })
      continue
    }
    const entry = ledger.get(place)
    const key = result.kind === 'asset' ? assetKey(result.asset) : ''
    const judgement = judge({
      // Files are compared by their codes; content that was never uploaded has none, and is like nothing that stands there.
      wanted:
        result.kind === 'asset'
          ? {
              kind: 'value',
              data: entry?.assetKey === key ? entry.sent : `new ${key}`,
              from: result.from,
              language: null,
            }
          : { kind: 'absent' },
      current: shownAt(current, cell),
      ledger: entry ?? null,
      isReleased: released.has(place),
      policy,
      same: (a, b) => (a ?? '') === (b ?? ''),
    })
    switch (judgement.action) {
      case 'write':
      case 'adopt':
        if (result.kind === 'asset') addUpload(uploads, key, result.asset, place)
        break
      case 'clear':
        plan.clears.push(place)
        break
      case 'keep':
      case 'flag':
        if (judgement.case !== null) {
          plan.kept.push({ place, case: judgement.case, isFlagged: judgement.action === 'flag' })
        }
        break
      case 'none':
      case 'read-back':
        plan.unchanged++
    }
  }
  return { ...plan, uploads: [...uploads.values()] }
}

function addUpload(
  uploads: Map<string, MediaPlan['uploads'][number]>,
  key: string,
  asset: Asset,
  place: string,
): void {
  const known = uploads.get(key)
  if (known === undefined) uploads.set(key, { assetKey: key, asset, places: [place] })
  else known.places.push(place)
}
