import type { HubProduct } from '../../../contracts/hub.ts'
import type { MappingProblem } from '../../../domain/mapping/problem.ts'
import type { AkeneoProduct } from '../../../connectors/akeneo/schema.ts'
import {
  buildStructure,
  compileOutput,
  type Links,
  type OutputSettings,
  type Problem,
  translateProduct,
} from '../../../connectors/akeneo/translate/index.ts'
import { readMappingFile } from '../../../connectors/mapping-file.ts'
import { accepted, lampRecords, noLinks, uuid } from './lamps.ts'

const unit = (...steps: [string, string][]) => ({
  convert_from_standard: steps.map(([operator, value]) => ({ operator, value })),
})

/** The lamp shop with real units and labels of options. */
export const shop = buildStructure([
  ...lampRecords,
  {
    stream: 'measurement-families',
    source: { code: 'Weight', units: { KILOGRAM: unit(['mul', '1']), GRAM: unit(['mul', '0.001']) } },
  },
  {
    stream: 'measurement-families',
    source: {
      code: 'Length',
      units: {
        METER: unit(),
        CENTIMETER: { ...unit(['mul', '0.01']), symbol: 'cm' },
        INCH: unit(['mul', '0.0254']),
      },
    },
  },
])

const head =
  'version: 7\noutput: shop\nchannel: ecommerce\nlocales: { en_US: [], fr_FR: [en_US] }\ncurrencies: [EUR, USD]\n'

/** A mapping with these lines behind its head, which ends on line 5. */
export function shopMapping(lines: string): { output: OutputSettings; problems: MappingProblem[] } {
  const { mapping, problems } = readMappingFile({ name: 'mapping/lamps.yaml', text: head + lines })
  if (!mapping) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  const output = compileOutput(mapping, shop)
  return { output, problems: [...problems, ...output.problems] }
}

/** Errors as `line path message`: every family of the lamp shop is empty, so warnings of it say nothing. */
export const errorsOf = ({ problems }: { problems: MappingProblem[] }): string[] =>
  problems.flatMap(({ severity, line, path, message }) =>
    severity === 'error' ? [`${line} ${path} ${message}`] : [],
  )

export function mapped(
  lines: string,
  source: AkeneoProduct,
  links: Links = noLinks,
): { product: HubProduct; warnings: Problem[] } {
  const made = shopMapping(lines)
  const errors = errorsOf(made)
  if (errors.length > 0) throw new Error(errors.join('\n'))
  const { record, warnings } = accepted(translateProduct(source, null, shop, made.output, links))
  if (record.kind !== 'product') throw new Error(`a product was expected, this is a ${record.kind}`)
  return { product: { id: uuid, version: 1, ...record }, warnings }
}
