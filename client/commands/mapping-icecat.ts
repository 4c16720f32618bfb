import { writeFile } from 'node:fs/promises'
import { type Config, loadIcecatMappings } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import type { MappingComparison } from '../../contracts/enrichment-preview.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { icecatMappingDiff } from '../../domain/enrichment/mapping/mapping-diff.ts'
import { mappingHash } from '../../domain/enrichment/mapping/meaning.ts'
import { problemText } from '../../domain/mapping/problem.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { counted } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { coverageSights, requireTaxonomy } from '../support/icecat-coverage.ts'
import {
  icecatCoverageText,
  icecatDiffText,
  icecatPreviewText,
  icecatSuggestionsText,
} from '../support/icecat-mapping-texts.ts'
import { proposal } from '../support/icecat-proposal.ts'
import { appliedIcecatMapping, applyIcecatMapping } from '../support/icecat-applying.ts'
import {
  fitted,
  type FittedMapping,
  type IcecatTarget,
  icecatTarget,
  mappingError,
} from '../support/icecat-target.ts'
import { storedStructure } from '../support/mapping-target.ts'
import { chosenConnection, configPath, readConfig } from '../support/project.ts'
import type { Answer, Invocation } from '../support/verb.ts'
import { writeNew } from '../support/write-new.ts'
import { defaultSample } from './enrich.ts'

/** `pimflow mapping <verb> --icecat`: the same verbs for the mapping of the other direction. */

export interface IcecatFlags {
  icecat?: boolean
  write?: string
  preset?: 'managed' | 'self-service' | 'raw'
  category?: string[]
  attributes?: string
  sample?: number
}

type Call = Invocation<IcecatFlags>

async function targetOf({ terminal, options }: Call): Promise<{ config: Config; target: IcecatTarget }> {
  const config = await readConfig(options, terminal)
  return {
    config,
    target: await icecatTarget(configPath(options, terminal), chosenConnection(config, options)),
  }
}

export async function suggestIcecat(call: Call): Promise<Answer> {
  const { config, target } = await targetOf(call)
  const { write, preset, category = [], attributes } = call.options
  const read = target.file === null ? null : readIcecatMappingFile(target.file)
  if (target.file !== null && read?.mapping === null) throw mappingError(target.file, read.problems)
  const isWhole = target.file === null || write !== undefined || preset !== undefined
  const made = await withHub(config, async (sql) => {
    const structure = await storedStructure(sql, target.connection.name)
    await requireTaxonomy(sql, target)
    return proposal(sql, target, structure, {
      mapping: isWhole ? null : (read?.mapping ?? null),
      preset: preset ?? 'self-service',
      categories: category,
    })
  })
  if (attributes !== undefined) {
    if (made.attributesCsv === null) throw new UsageError('--attributes goes with --preset raw only')
    await writeFile(attributes, made.attributesCsv)
  }
  if (!isWhole)
    return { value: made.suggestions, text: icecatSuggestionsText(made.suggestions, target.file?.name ?? '') }
  if (write === undefined)
    return { value: { mapping: made.text, suggestions: made.suggestions }, text: made.text.trimEnd() }
  await writeNew(write, made.text)
  return {
    value: { written: write, suggestions: made.suggestions },
    text: `${write} is written. Read it; the configuration names it as \`icecat.mapping\``,
  }
}

export async function previewIcecat(call: Call): Promise<Answer> {
  const { config, target } = await targetOf(call)
  const { terminal, options, args } = call
  const { name } = target.connection
  const { previewProductsOf } = await import('../../workers/preview-enrichment.ts')
  const mappings = await loadIcecatMappings(config, configPath(options, terminal))
  const previews = await withHub(config, async (sql) => {
    fitted(target, await storedStructure(sql, name))
    return terminal.interruptible((signal) =>
      previewProductsOf({ sql, config, mappings, name }, args, signal),
    )
  })
  const texts = previews.map((preview, place) =>
    preview === null
      ? `${args[place] ?? ''} is no stored product of ${name}; to ask Akeneo for it: pimflow sync ${args[place] ?? ''}`
      : icecatPreviewText(preview),
  )
  return {
    value: args.map((id, place) => ({ id, preview: previews[place] ?? null })),
    text: texts.join('\n\n'),
    exitCode: previews.includes(null) ? exitCodes.failed : exitCodes.done,
  }
}

export async function coverIcecat(call: Call): Promise<Answer> {
  const { config, target } = await targetOf(call)
  return withHub(config, async (sql) => {
    const structure = await storedStructure(sql, target.connection.name)
    const fit = fitted(target, structure)
    await requireTaxonomy(sql, target)
    const categories = await coverageSights(sql, target, fit.mapping, structure, call.options.category ?? [])
    return {
      value: { categories, problems: fit.warnings },
      text: withWarnings(icecatCoverageText(categories, fit.file.name), fit),
    }
  })
}

export async function diffIcecat(call: Call): Promise<Answer> {
  const { config, target } = await targetOf(call)
  const { terminal, options } = call
  const { name } = target.connection
  return withHub(config, async (sql) => {
    const { file, mapping, warnings } = fitted(target, await storedStructure(sql, name))
    const applied = await appliedIcecatMapping(sql, name)
    if (applied === null) {
      return {
        value: { applied: null },
        text: `No mapping of ${name} is applied yet. To take ${file.name}: pimflow mapping apply --icecat`,
      }
    }
    const diff = icecatMappingDiff(applied, mapping)
    const isSame = mappingHash(applied) === mappingHash(mapping)
    const comparison = isSame || options.sample === 0 ? null : await compared(sql, applied)
    const versions = { before: applied.version, after: mapping.version }
    const next = isSame
      ? []
      : [
          mapping.version > applied.version
            ? 'To make it so: pimflow mapping apply --icecat'
            : `To make it so: raise version above ${applied.version}, then pimflow mapping apply --icecat`,
        ]
    return {
      value: { ...versions, ...diff, comparison, problems: warnings },
      text: [
        withWarnings(icecatDiffText(diff, versions, comparison), { file, mapping, warnings }),
        ...next,
      ].join('\n'),
    }
  })

  async function compared(sql: Sql, before: IcecatMapping): Promise<MappingComparison> {
    const { comparisonOf } = await import('../../workers/preview-enrichment.ts')
    const mappings = await loadIcecatMappings(config, configPath(options, terminal))
    return terminal.interruptible((signal) =>
      comparisonOf({ sql, config, mappings, name }, before, {
        sample: options.sample ?? defaultSample,
        signal,
      }),
    )
  }
}

export async function applyIcecat(call: Call): Promise<Answer> {
  const { config, target } = await targetOf(call)
  const { name } = target.connection
  return withHub(config, async (sql) => {
    const { file, mapping, warnings } = fitted(target, await storedStructure(sql, name))
    const { changed, due } = await applyIcecatMapping(sql, name, { file, mapping, warnings })
    if (!changed)
      return { value: { changed: false }, text: `${file.name} is what products are judged by already` }
    return {
      value: { changed: true, version: mapping.version, due, problems: warnings },
      text: withWarnings(
        `${file.name}, version ${mapping.version}, is what products are judged by from now on. To begin: pimflow enrich`,
        { file, mapping, warnings },
      ),
    }
  })
}

const withWarnings = (text: string, { file, warnings }: FittedMapping): string =>
  warnings.length === 0
    ? text
    : [
        text,
        '',
        `${counted(warnings.length, 'line')} to look at:`,
        ...warnings.map((problem) => `  ${problemText(file.name, problem)}`),
      ].join('\n')
