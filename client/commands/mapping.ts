import { type Command, Option } from 'commander'
import {
  defaultMapping,
  type FillCounts,
  type Structure,
  suggestAdditions,
} from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { fillCounts } from '../../connectors/hub/fill-counts.ts'
import { categoryProblems } from '../../connectors/hub/mapping-categories.ts'
import { mappingChange } from '../../connectors/hub/mapping-changes.ts'
import { errorsIn, inFileOrder, problemText } from '../../domain/mapping/problem.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { withHub } from '../support/hub.ts'
import { storedCoverage } from '../support/mapping-coverage.ts'
import { proposeTarget } from '../support/mapping-proposal.ts'
import {
  asPublished,
  compiled,
  documentOf,
  type MappingTarget,
  mappingTarget,
  storedStructure,
} from '../support/mapping-target.ts'
import {
  coverageText,
  diffText,
  previewText,
  problemsText,
  suggestionsText,
} from '../support/mapping-texts.ts'
import { previewNamed } from '../support/preview-named.ts'
import { chosenConnection, configPath, readConfig } from '../support/project.ts'
import { startMapping } from '../support/starts.ts'
import { temporalPlace, withTemporal } from '../support/temporal.ts'
import { addVerb, type Answer, answering, type Invocation, type Session } from '../support/verb.ts'
import { reportWork, startWork } from '../support/work.ts'
import { writeNew } from '../support/write-new.ts'
import { whole } from './enrich.ts'
import {
  applyIcecat,
  coverIcecat,
  diffIcecat,
  type IcecatFlags,
  previewIcecat,
  suggestIcecat,
} from './mapping-icecat.ts'

interface OutputFlag extends IcecatFlags {
  output?: string
}

interface ApplyFlags extends OutputFlag {
  detach?: boolean
}

type Handler = (call: Invocation<ApplyFlags>) => Promise<Answer>

export function registerMapping(program: Command, session: Session): void {
  const mapping = program
    .command('mapping')
    .description('mappings, of an output or from Icecat: suggest, preview, coverage, diff, apply')
    .addHelpText('after', '\nExample:\n  pimflow mapping preview NL-DL7-W')
  const verb = (usage: string, summary: string, ...examples: string[]) =>
    addVerb(mapping, { usage, summary, examples })
      .addOption(
        new Option('--output <name>', 'whose mapping (default: the only output)').conflicts('icecat'),
      )
      .option('--icecat', 'the mapping from Icecat instead of an output’s')
  const either =
    (ofOutput: Handler, ofIcecat: Handler): Handler =>
    (call) =>
      call.options.icecat === true ? ofIcecat(call) : ofOutput(call)
  verb(
    'suggest',
    'what the file could also say; without a file, a first one with its reasons',
    'pimflow mapping suggest',
    'pimflow mapping suggest --write mapping/shop.hub.yaml',
    'pimflow mapping suggest --icecat --preset raw --category 1584 --attributes attributes.csv',
  )
    .option('--write <file>', 'write the first file there; one that is there stays as it is')
    .addOption(
      new Option(
        '--preset <name>',
        'with --icecat, a whole file: managed, what everybody maps so; self-service, what is alike; raw, an attribute icecat_<number> for each feature',
      ).choices(['managed', 'self-service', 'raw']),
    )
    .option('--category <number...>', 'with --icecat: Icecat’s categories (default: those of your products)')
    .option('--attributes <file>', 'with --preset raw: write the attributes for Akeneo’s import as CSV')
    .action(answering<OutputFlag>(session, either(suggest, suggestIcecat)))
  verb(
    'preview <id...>',
    'products and models side by side: what Akeneo has, and what the hub gets by the file as it is now',
    'pimflow mapping preview NL-DL7-W',
    'pimflow mapping preview jacket_tarn',
    'pimflow mapping preview NL-DL7-W --icecat',
  ).action(answering<OutputFlag>(session, either(preview, previewIcecat)))
  verb(
    'coverage',
    'each attribute: mapped, left out on purpose, or forgotten, and how full it is',
    'pimflow mapping coverage --json',
    'pimflow mapping coverage --icecat --category 1584',
  )
    .option('--category <number...>', 'with --icecat: Icecat’s categories (default: those of your products)')
    .action(answering<OutputFlag>(session, either(showCoverage, coverIcecat)))
  verb(
    'diff',
    'what the file would change of stored records; changes nothing',
    'pimflow mapping diff',
    'pimflow mapping diff --icecat',
  )
    .option(
      '--sample <number>',
      'with --icecat: sheets that are fetched and tried; they count for fair use (default: 20)',
      whole,
    )
    .action(answering<OutputFlag>(session, either(diff, diffIcecat)))
  verb(
    'apply',
    'compare, and unless too much would change, make the file the mapping of its output',
    'pimflow mapping apply',
  )
    .option('--detach', 'start it and do not wait for its end')
    .action(answering<ApplyFlags>(session, either(apply, applyIcecat)))
}

async function targetOf<Flags extends OutputFlag>({ terminal, options }: Invocation<Flags>) {
  const config = await readConfig(options, terminal)
  const path = configPath(options, terminal)
  return { config, target: await mappingTarget(path, chosenConnection(config, options), options.output) }
}

async function suggest(call: Invocation<OutputFlag>): Promise<Answer> {
  const { config, target: configured } = await targetOf(call)
  const { target, structure, counts } = await withHub(config, (sql) => stored(sql, configured))
  const write = call.options.write
  if (target.file && target.mapping && write === undefined) {
    const suggestions = suggestAdditions(target.mapping, structure, counts)
    return { value: suggestions, text: suggestionsText(suggestions, target.file.name) }
  }
  const output = target.settings === null ? {} : { output: { name: target.output, ...target.settings } }
  const text = defaultMapping(structure, { counts, ...output })
  if (write === undefined) return { value: { mapping: text }, text: text.trimEnd() }
  await writeNew(write, text)
  return {
    value: { written: write },
    text: `${write} is written. Name it in the configuration as \`mapping:\` of its output`,
  }
}

async function preview(call: Invocation<OutputFlag>): Promise<Answer> {
  const { config, target } = await targetOf(call)
  const { name } = target.connection
  return withHub(config, async (sql) => {
    const structure = await storedStructure(sql, name)
    const output = compiled(await asPublished(sql, target), structure)
    const found = []
    for (const id of call.args) found.push(...(await previewNamed(sql, name, id, structure, output)))
    const missing = found.filter((one) => one.preview === null)
    const shown = found.map(({ id, code, preview: made }) =>
      made
        ? previewText(code, made)
        : `${id} is no stored product or product model of ${name}; to ask Akeneo for it: pimflow sync ${id}`,
    )
    // Without them a rule that is left out looks like one that found nothing.
    const categories = await categoryProblems(sql, name, output.rules.document)
    const wrong = inFileOrder(errorsIn([...output.problems, ...categories])).map((one) =>
      problemText(target.file?.name ?? 'defaults', one),
    )
    return {
      value: found,
      text: [...shown, ...(wrong.length > 0 ? [problemsText(wrong)] : [])].join('\n\n'),
      exitCode: missing.length > 0 ? exitCodes.failed : exitCodes.done,
    }
  })
}

async function showCoverage(call: Invocation<OutputFlag>): Promise<Answer> {
  const { config, target: configured } = await targetOf(call)
  const { value, target } = await withHub(config, async (sql) => {
    const { target, structure, counts } = await stored(sql, configured)
    return {
      value: await storedCoverage(sql, target, documentOf(target, structure), structure, counts),
      target,
    }
  })
  return { value, text: coverageText(value, target.file?.name ?? 'defaults') }
}

async function diff(call: Invocation<OutputFlag>): Promise<Answer> {
  const { config, target } = await targetOf(call)
  const { terminal, options } = call
  const { name } = target.connection
  const place = await temporalPlace(config, terminal)
  return withTemporal(place, async (client) => {
    const change = await withHub(config, (sql) => proposeTarget(sql, target))
    if (change === null) return alreadyApplied(target)
    const work = await startWork(client, place, startMapping(name, change.toString(), { compareOnly: true }))
    const followed = await reportWork(client, place, work, terminal, options)
    const compared = await withHub(config, (sql) => mappingChange(sql, name, change))
    if (!compared?.diff) return followed
    const { diff: found, guard, problems } = compared
    const next =
      compared.state === 'held'
        ? `It waits for a person: pimflow approvals approve m${change}`
        : found.changed === 0
          ? 'Nothing changes'
          : 'To make it so: pimflow mapping apply'
    return {
      value: { change: `m${change}`, guard, problems, ...found },
      text: [...(problems.length > 0 ? [problemsText(problems)] : []), diffText(found, guard), next].join(
        '\n',
      ),
    }
  })
}

async function apply(call: Invocation<ApplyFlags>): Promise<Answer> {
  const { config, target } = await targetOf(call)
  const { terminal, options } = call
  const place = await temporalPlace(config, terminal)
  // Temporal first: a proposal that nothing can carry out is better not made.
  return withTemporal(place, async (client) => {
    const change = await withHub(config, (sql) => proposeTarget(sql, target))
    if (change === null) return alreadyApplied(target)
    const start = startMapping(target.connection.name, change.toString())
    return reportWork(client, place, await startWork(client, place, start), terminal, options)
  })
}

const alreadyApplied = ({ output, file }: MappingTarget): Answer => ({
  value: { changed: false },
  text: `${file?.name ?? 'The defaults'} is what ${output} is made by already`,
})

async function stored(
  sql: Sql,
  target: MappingTarget,
): Promise<{ target: MappingTarget; structure: Structure; counts: FillCounts }> {
  const { name } = target.connection
  return {
    target: await asPublished(sql, target),
    structure: await storedStructure(sql, name),
    counts: await fillCounts(sql, name),
  }
}
