/** What is wrong, or doubtful, in a mapping file. An error keeps its rule from working; a warning does not. */
export interface MappingProblem {
  severity: 'error' | 'warning'
  /** From 1. */
  line: number
  /** Such as `attributes.weight`; empty for the file as a whole. */
  path: string
  message: string
}

/** As a person reads it: `acme.hub.yaml:12  attributes.weight: …`. */
export const problemText = (file: string, { severity, line, path, message }: MappingProblem): string =>
  `${file}:${line}  ${severity === 'warning' ? 'warning: ' : ''}${path === '' ? '' : `${path}: `}${message}`

export const errorsIn = (problems: readonly MappingProblem[]): MappingProblem[] =>
  problems.filter(({ severity }) => severity === 'error')

/** Errors that were not there before, wherever in the file: a line that has moved is no new one. */
export function newErrors(
  before: readonly MappingProblem[],
  after: readonly MappingProblem[],
): MappingProblem[] {
  const known = new Set(before.map(wording))
  return after.filter((problem) => problem.severity === 'error' && !known.has(wording(problem)))
}

/** Without its line. */
export const wording = ({ path, message }: MappingProblem) => `${path === '' ? '' : `${path} `}${message}`

/** In the order of the file, errors first on one line. */
export const inFileOrder = (problems: readonly MappingProblem[]): MappingProblem[] =>
  problems.toSorted(
    (a, b) => a.line - b.line || Number(a.severity === 'warning') - Number(b.severity === 'warning'),
  )
