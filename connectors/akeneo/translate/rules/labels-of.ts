import { foldCase } from '../../../../domain/text.ts'
import type { AkeneoAttribute, AkeneoOption } from '../../schema.ts'
import type { RecordView } from '../record-view.ts'
import { linkedBy, recordLabel } from '../records.ts'
import type { Structure } from '../structure.ts'

const indexes = new WeakMap<Structure, Map<string, ReadonlyMap<string, AkeneoOption>>>()

/** What a person calls an option, a record or an asset. */
export function labelOf(view: RecordView, attribute: AkeneoAttribute, code: string, locale: string): string {
  return linkedBy(attribute) === null
    ? optionLabel(view, attribute, code, locale)
    : recordLabel(attribute, code, locale, view.reading)
}

/** An option's label in the locale or along its chain; its code where no label is, as Akeneo's own screens do. */
function optionLabel(
  { reading }: RecordView,
  attribute: AkeneoAttribute,
  code: string,
  locale: string,
): string {
  const option = optionsOf(reading.structure, attribute.code).get(foldCase(code))
  for (const wanted of reading.output.chains.get(locale) ?? [locale]) {
    const label = option?.labels?.[wanted]
    if (label) return label
  }
  return option?.code ?? code
}

/** By folded code, made once for each attribute of a structure. */
function optionsOf(structure: Structure, attribute: string): ReadonlyMap<string, AkeneoOption> {
  const index = indexes.get(structure) ?? new Map<string, ReadonlyMap<string, AkeneoOption>>()
  indexes.set(structure, index)
  let options = index.get(attribute)
  if (!options) {
    options = new Map(
      (structure.options.get(attribute) ?? []).map((option) => [foldCase(option.code), option]),
    )
    index.set(attribute, options)
  }
  return options
}
