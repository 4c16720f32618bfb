/** One value of an attribute: its place, and what Icecat has for it. */
export interface Cell {
  attribute: string
  locale: string | null
  scope: string | null
  result: CellResult
}

export type CellResult =
  | { kind: 'value'; data: CellData; from: string; language: string | null }
  /** Icecat has nothing for it; what was written once is withdrawn. */
  | { kind: 'absent' }
  /** Icecat has something that cannot be written: nothing is, and nothing that stands there is touched. */
  | CellProblem

/** As Akeneo's API takes it. */
export type CellData = string | number | boolean | string[] | { amount: string | number; unit: string }

export interface CellProblem {
  kind: 'problem'
  code: ProblemCode
  /** What stands in the way, with the value and the rule of the attribute. */
  message: string
  /** Options that would have to exist. */
  missingOptions?: { code: string; labels: Record<string, string> }[]
}

export type ProblemCode =
  | 'not-a-number'
  | 'several-values'
  | 'not-a-boolean'
  | 'not-a-date'
  | 'no-unit'
  | 'foreign-unit'
  | 'decimals'
  | 'negative'
  | 'out-of-range'
  | 'too-long'
  | 'unknown-option'
  | 'ambiguous-option'
  | 'option-gone'
  | 'against-rule'
  | 'bad-gtin'
  | 'required'
  | 'extension'
  | 'too-large'
  | 'variants-disagree'

export const absent: CellResult = { kind: 'absent' }

export const problem = (code: ProblemCode, message: string): CellProblem => ({
  kind: 'problem',
  code,
  message,
})

/** A value in a message: never longer than a line. */
export const quoted = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`
