import type { IndexMatch } from '../index-row.ts'

export type MatchChoice =
  | { kind: 'found'; match: IndexMatch }
  /** Known to Icecat, and not described yet. */
  | { kind: 'nobody'; match: IndexMatch }
  | { kind: 'removed'; match: IndexMatch }
  /** Several sheets by one key: a person must say which. */
  | { kind: 'ambiguous'; matches: IndexMatch[] }
  | { kind: 'none' }

/** Of all rows of the index that fit one product, the one that it is: by the first key that answers, and never by a guess. */
export function chooseMatch(matches: readonly IndexMatch[], order: readonly IndexMatch['by'][]): MatchChoice {
  for (const key of order) {
    const byKey = distinct(matches.filter(({ by }) => by === key))
    const [first] = byKey
    if (first === undefined) continue
    const described = byKey.filter(({ row }) => !['NOEDITOR', 'REMOVED'].includes(row.quality))
    if (described.length > 1) return { kind: 'ambiguous', matches: described }
    const [only] = described
    if (only !== undefined) return { kind: 'found', match: only }
    const nobody = byKey.find(({ row }) => row.quality === 'NOEDITOR')
    return nobody === undefined ? { kind: 'removed', match: first } : { kind: 'nobody', match: nobody }
  }
  return { kind: 'none' }
}

const distinct = (matches: IndexMatch[]): IndexMatch[] => [
  ...new Map(matches.map((match) => [match.row.icecatId, match])).values(),
]
