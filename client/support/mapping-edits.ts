import { checkMapping } from '../../domain/enrichment/convert/check-rules.ts'
import type { Suggestion } from '../../domain/enrichment/suggest/suggest-mapping.ts'
import { type MappingProblem, newErrors, wording } from '../../domain/mapping/problem.ts'
import {
  compileOutput,
  type MappingSuggestion,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import { addEntry, addItem, hasSection, quoted } from '../../connectors/mapping-edit.ts'
import { readIcecatMappingFile, readMappingFile, yamlWord } from '../../connectors/mapping-file.ts'
import { UsageError } from './errors.ts'
import { wholePercent } from './icecat-mapping-texts.ts'

/** What a person decides about a suggestion, as a change of the file's text. */

export function withHubSuggestion(text: string, suggestion: MappingSuggestion): string {
  const { path, yaml, reason, filled } = suggestion
  const words = path.split('.')
  const comment = filled === null ? reason : `${reason}; filled in ${filled}`
  const begun = begunSection(text, words[0] ?? '')
  return yaml.startsWith('- ')
    ? addItem(begun, words, yaml.slice(2), comment)
    : addEntry(begun, words.slice(0, -1), words.at(-1) ?? '', yaml.slice(yaml.indexOf(': ') + 2), comment)
}

/** `attributes.except`: coverage tells what was left out on purpose from what was forgotten. */
export const withoutAttribute = (text: string, code: string): string =>
  addEntry(begunSection(text, 'attributes'), ['attributes'], 'except', `[${yamlWord(code)}]`)

export const withIcecatSuggestion = (
  text: string,
  { section, attribute, rule, score, reasons }: Suggestion,
): string => addEntry(text, [section], attribute, rule, `${wholePercent(score)}: ${reasons.join('; ')}`)

export const withIgnored = (text: string, address: string, reason: string): string =>
  addEntry(text, ['ignore'], address, quoted(reason))

/** Sections that say something by not being there: what that is stands in their first line. */
function begunSection(text: string, section: string): string {
  if (hasSection(text, section)) return text
  if (section === 'attributes') return addEntry(text, ['attributes'], 'include', 'all')
  if (section === 'units') return addItem(text, ['units'], '{ code: each, conversion: 1, base: true }')
  return text
}

/** Errors of a file of the direction Akeneo to hub, by the file alone and by what is stored of the catalogue. */
export function hubErrors(name: string, text: string, structure: Structure): MappingProblem[] {
  const { mapping, problems } = readMappingFile({ name, text })
  return errorsIn([...problems, ...(mapping === null ? [] : compileOutput(mapping, structure).problems)])
}

export function icecatErrors(name: string, text: string, structure: Structure): MappingProblem[] {
  const { mapping, problems } = readIcecatMappingFile({ name, text })
  return errorsIn([...problems, ...(mapping === null ? [] : checkMapping(mapping, structure))])
}

const errorsIn = (problems: readonly MappingProblem[]) =>
  problems.filter(({ severity }) => severity === 'error')

/** Throws where an edit would bring an error that was not there. */
export function refuseNewErrors(before: readonly MappingProblem[], after: readonly MappingProblem[]): void {
  const fresh = newErrors(before, after)
  if (fresh.length > 0)
    throw new UsageError(
      `The file would be wrong with it: ${fresh.map(wording).join('; ')}. It stays as it is`,
    )
}
