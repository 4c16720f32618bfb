/** Why a document cannot be kept in a database, and where in it. */
export interface Unstorable {
  path: (string | number)[]
  message: string
}

/** Deeper than anything that Akeneo documents, and far from what recursion or PostgreSQL's JSON would fail at. */
const deepest = 32

/** Longest code of any record, in characters; Akeneo's own limit is 255. Longer ones do not fit into an index. */
export const longestCode = 600

/**
 * What PostgreSQL's jsonb refuses, which would fail the page that it stands in: NUL characters, halves of surrogate pairs, nesting
 * without end. Undefined for a document that can be kept.
 */
export function unstorable(value: unknown): Unstorable | undefined {
  return problemOf(value, 0)
}

function problemOf(value: unknown, depth: number): Unstorable | undefined {
  if (typeof value === 'string') return textProblem(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === deepest) return { path: [], message: `nested more than ${deepest} levels deep` }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const problem = problemOf(value[index], depth + 1)
      if (problem) return at(index, problem)
    }
    return undefined
  }
  for (const key in value) {
    const problem = keyProblem(key) ?? problemOf((value as Record<string, unknown>)[key], depth + 1)
    if (problem) return at(key, problem)
  }
  return undefined
}

const at = (step: string | number, { path, message }: Unstorable): Unstorable => ({
  path: [step, ...path],
  message,
})

function textProblem(text: string): Unstorable | undefined {
  if (text.includes('\0')) return { path: [], message: 'holds a NUL character, which no database keeps' }
  if (!text.isWellFormed()) return { path: [], message: 'holds half of a character (a lone surrogate)' }
  return undefined
}

const keyProblem = (key: string): Unstorable | undefined =>
  key.length > longestCode ? { path: [], message: 'has a name that is too long' } : textProblem(key)

/** For messages and keys about a document that cannot be kept: what is left can be. */
export const storableText = (text: string): string =>
  text.toWellFormed().replaceAll('\0', '\ufffd').slice(0, longestCode)
