import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { type FaultKind, faultKinds } from './faults.ts'
import type { SeedOutcome } from './play-seed.ts'
import type { Rule } from './trials.ts'

/** Seeds that were played together, of one revision. */
export interface Part {
  /** Of the sources; `+` after it: with changes that are not committed. */
  revision: string
  /** Which, such as `1-25, 27`. */
  seeds: string
  lost: number
  doubled: number
  leaked: number
  /** How often each kind struck. */
  faults: Record<FaultKind, number>
  edits: number
  /** From the first seed's beginning to the last one's end. */
  seconds: number
}

export type Mutants = Partial<Record<Rule, { revision: string; lost: number }>>

/** What `--json` writes: all parts together, and each. */
export interface Report extends Omit<Part, 'revision' | 'seeds'> {
  seeds: number
  mutants: Mutants
  parts: Part[]
}

export function partOf(
  outcomes: readonly SeedOutcome[],
  { revision, seconds }: Pick<Part, 'revision' | 'seconds'>,
): Part {
  const count = (of: (outcome: SeedOutcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0)
  return {
    revision,
    seeds: textOf(outcomes.map(({ seed }) => seed)),
    lost: count(({ lost }) => lost.length),
    doubled: count(({ doubled }) => doubled.length),
    leaked: count(({ leaked }) => leaked.length),
    faults: ofEachKind((kind) => count(({ faults }) => faults[kind] ?? 0)),
    edits: count(({ edits }) => edits),
    seconds,
  }
}

export function reportOf(parts: Part[], mutants: Mutants): Report {
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0)
  return {
    seeds: sum(({ seeds }) => seedsOf(seeds).length),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    leaked: sum(({ leaked }) => leaked),
    faults: ofEachKind((kind) => sum(({ faults }) => faults[kind])),
    edits: sum(({ edits }) => edits),
    mutants,
    seconds: sum(({ seconds }) => seconds),
    parts,
  }
}

/** Of a file that may not be there yet. */
export async function readReport(file: string): Promise<Pick<Report, 'mutants' | 'parts'>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Report
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { mutants: {}, parts: [] }
    throw error
  }
}

export const writeReport = (file: string, report: Report): Promise<void> =>
  writeFile(file, `${JSON.stringify(report, null, 2)}\n`)

export function revision(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--untracked-files=no')
  return git('rev-parse', '--short', 'HEAD') + (changed === '' ? '' : '+')
}

/** `1-25, 27` of numbers in any order. */
export function textOf(seeds: readonly number[]): string {
  const ranges: { first: number; last: number }[] = []
  for (const seed of seeds.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1)
    if (range?.last === seed - 1) range.last = seed
    else ranges.push({ first: seed, last: seed })
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}

export const seedsOf = (text: string): number[] =>
  text.split(', ').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })

const ofEachKind = (count: (kind: FaultKind) => number) =>
  Object.fromEntries(faultKinds.map((kind) => [kind, count(kind)])) as Record<FaultKind, number>
