import type { FileInput } from '../../connectors/hub/enrichment/files.ts'
import type { EnrichmentFinding } from '../../connectors/hub/enrichment/findings.ts'
import type { LineInput, LineValue, Provenance } from '../../connectors/hub/enrichment/lines.ts'
import type { MissingOption } from '../../connectors/hub/enrichment/options.ts'
import type { RecordName } from '../../connectors/hub/enrichment/record.ts'
import type { LedgerEntry, LedgerInput } from '../../connectors/hub/enrichment/values.ts'
import type { CellProblem } from '../../domain/enrichment/convert/cell.ts'
import { partsOfPlace, placeOf } from '../../domain/enrichment/lines/model-cells.ts'
import type { OwnershipCase } from '../../domain/enrichment/mapping/document.ts'
import { sameValue } from '../../domain/enrichment/ownership/same-value.ts'
import { type MediaLedgerValue, planMedia } from '../../domain/enrichment/plan-media.ts'
import {
  planWrites,
  type RecordPlan,
  type ShownValues,
  shownAt,
} from '../../domain/enrichment/plan-writes.ts'
import type { EnrichmentContext } from './context.ts'
import type { OwnedCell, OwnedMedia } from './owned-cells.ts'

/** A product or model with what sheets have for it. */
export interface JudgedRecord extends RecordName {
  created: string
  current: ShownValues
  cells: readonly OwnedCell[]
  media: readonly OwnedMedia[]
  ledger: ReadonlyMap<string, LedgerEntry>
  /** What Akeneo refused, by place. */
  refused: ReadonlyMap<string, unknown>
}

export interface PlannedRecord {
  line: LineInput
  files: FileInput[]
  adopted: LedgerInput[]
  findings: EnrichmentFinding[]
  missing: MissingOption[]
  /** To be read back before anything can be said of it. */
  isUnread: boolean
  /** Places of values that are about to be ours. */
  places: string[]
}

/** Why a value stays, in words. */
export const reasons: Record<OwnershipCase, string> = {
  empty: 'is empty, and the mapping leaves empty values so',
  same: 'says the same already, and is not taken over',
  foreign: 'was there before, and says something else than Icecat',
  edited: 'was changed by a person after it was written',
  cleared: 'was emptied by a person after it was written',
  withdrawn: 'is no longer in Icecat’s sheet',
}

/** What one record gets, as the stores take it. Pure: judged by the domain's rules. */
export function planRecord(
  { mapping, structure }: EnrichmentContext,
  { stream, key, created, current, cells, media, ledger, refused }: JudgedRecord,
  knownUntil: Date,
): PlannedRecord {
  const { attributes, measurementFamilies } = structure
  const at = new Map([...cells, ...media].map((cell) => [placeOf(cell), cell]))
  const released = new Set([...ledger].flatMap(([place, { isReleased }]) => (isReleased ? [place] : [])))
  const plan = planWrites(
    { cells, current, ledger, released },
    { policy: mapping.ownership, attributes, measurementFamilies },
  )
  const values = plan.writes.flatMap((write): LineValue[] => {
    const place = placeOf(write)
    const again = refused.has(place) ? refused.get(place) : undefined
    const attribute = attributes.get(write.attribute) ?? { type: '' }
    // Akeneo would refuse it for the same reason every day.
    if (again !== undefined && sameValue(attribute, again, write.data, measurementFamilies)) return []
    const cell = at.get(place)
    const isCleared = write.data === null || (Array.isArray(write.data) && write.data.length === 0)
    const provenance = isCleared || cell === undefined ? null : cell.provenance
    return [{ ...write, base: shownAt(current, write) ?? null, provenance }]
  })
  const adopted = plan.adopted.flatMap(({ place, data }): LedgerInput[] => {
    const cell = at.get(place)
    if (cell === undefined) return []
    const { attribute, locale, scope, provenance } = cell
    return [{ stream, key, attribute, locale, scope, data, provenance, ticket: null, assetKey: null }]
  })
  const files = plannedFiles({ stream, key, current, media, ledger, refused }, mapping.ownership, released)
  const problems = [...plan.problems, ...files.problems]
  const kept = [...plan.kept, ...files.kept]
  return {
    line: { stream, key, createdAt: new Date(created), knownUntil, values },
    files: files.uploads,
    adopted,
    findings: [
      ...problems.map(({ place, problem }) =>
        problemFinding({ stream, key, place }, problem, at.get(place)?.provenance),
      ),
      ...kept.map((one) => keptFinding({ stream, key }, one, at.get(one.place)?.provenance)),
    ],
    missing: problems.flatMap(({ place, problem }) => missingOf(problem, at.get(place))),
    isUnread: plan.unread.length > 0,
    places: [...values.map(placeOf), ...plan.adopted.map(({ place }) => place)],
  }
}

function plannedFiles(
  { stream, key, current, media, ledger, refused }: Omit<JudgedRecord, 'created' | 'cells'>,
  policy: EnrichmentContext['mapping']['ownership'],
  released: ReadonlySet<string>,
): { uploads: FileInput[] } & Pick<ReturnType<typeof planMedia>, 'kept' | 'problems'> {
  const known = mediaLedger(ledger)
  const plan = planMedia(media, current, known, policy, released)
  const at = new Map(media.map((cell) => [placeOf(cell), cell]))
  const fileAt = (place: string, assetKey: string, asset: FileInput['asset']): FileInput[] => {
    const cell = at.get(place)
    if (cell === undefined || (asset !== null && refused.get(place) === assetKey)) return []
    const { attribute, locale, scope, provenance } = cell
    const base = shownAt(current, cell)
    return [
      {
        stream,
        key,
        place,
        attribute,
        locale,
        scope,
        assetKey,
        asset,
        base: typeof base === 'string' ? base : null,
        product: provenance.product,
        icecatId: provenance.icecatId,
      },
    ]
  }
  return {
    kept: plan.kept,
    problems: plan.problems,
    uploads: [
      ...plan.uploads.flatMap(({ assetKey, asset, places }) =>
        places.flatMap((place) => fileAt(place, assetKey, asset)),
      ),
      ...plan.clears.flatMap((place) => fileAt(place, known.get(place)?.assetKey ?? '', null)),
    ],
  }
}

/** Of what was written, the files. */
export const mediaLedger = (ledger: ReadonlyMap<string, LedgerEntry>): Map<string, MediaLedgerValue> =>
  new Map(
    [...ledger].flatMap(
      ([place, { assetKey, sent, echoed, isUnread, wasGone }]): [string, MediaLedgerValue][] =>
        assetKey === null || typeof sent !== 'string'
          ? []
          : [[place, { assetKey, sent, echoed: isUnread ? sent : echoed, wasGone }]],
    ),
  )

const problemFinding = (
  name: RecordName & { place: string },
  { code, message, missingOptions }: CellProblem,
  provenance: Provenance | undefined,
): EnrichmentFinding => ({
  ...name,
  kind: 'problem',
  code,
  message,
  data: missingOptions,
  product: provenance?.product ?? null,
})

const keptFinding = (
  name: RecordName,
  { place, case: kind, isFlagged }: RecordPlan['kept'][number],
  provenance: Provenance | undefined,
): EnrichmentFinding => ({
  ...name,
  place,
  kind: isFlagged ? 'flagged' : 'kept',
  code: kind,
  message: `${partsOfPlace(place).attribute} ${reasons[kind]}`,
  product: provenance?.product ?? null,
})

function missingOf(
  { missingOptions = [] }: CellProblem,
  cell: OwnedCell | OwnedMedia | undefined,
): MissingOption[] {
  if (cell === undefined) return []
  const { attribute, provenance } = cell
  return missingOptions.map(({ code, labels }) => ({ attribute, code, labels, product: provenance.product }))
}
