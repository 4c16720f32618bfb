import type { MappingProblem } from '../../domain/mapping/problem.ts'
import { counted } from '../support/format.ts'
import { problemText } from '../../domain/mapping/problem.ts'
import { markup, type Markup } from './markup.ts'
import { chip, command, note } from './parts.ts'

/** Building blocks of the pages of both kinds of mapping. */

/** So many rows of each table; what is beyond them is counted, and a command has it. */
export interface MappingLimits {
  suggestions: number
  attributes: number
}

export const versioned = ({ name, version }: { name: string; version: number | null }): string =>
  version === null ? name : `${name}, version ${version}`

/** What the shares in a column `Filled` are of. */
export const filledNote = (records: number, stored: number | null): Markup =>
  note(
    stored === null
      ? `Filled: of ${counted(records, 'stored product and model', 'stored products and models')}.`
      : `Filled: of a sample of ${records} of the ${stored} stored products and models; what only few have may stand there as 0 %.`,
  )

/** A file of several hundred lines may be wrong in each of them. */
const shownProblems = 20

export const problemList = (problems: readonly MappingProblem[], file: string): Markup[] =>
  problems.length === 0
    ? []
    : [
        markup`<p role="note">${counted(problems.length, 'line')} to look at${problems.length > shownProblems && `, the first ${shownProblems}`}:</p><ul>${problems
          .slice(0, shownProblems)
          .map((problem) => markup`<li>${problemText(file, problem)}</li>`)}</ul>`,
      ]

/** Longer rules are cut: the file has them whole. */
const longestRule = 160

export function ruleCell(rule: string | null): Markup {
  if (rule === null) return chip('plain', 'nothing')
  const line = rule.replace(/\s+/g, ' ')
  return markup`<code>${line.length > longestRule ? `${line.slice(0, longestRule - 1)}…` : line}</code>`
}

export const beyond = (more: number, what: string, line: string, several = `${what}s`): Markup[] =>
  more > 0
    ? [note(markup`And ${counted(more, `further ${what}`, `further ${several}`)}: ${command(line)}`)]
    : []
