import { type Command, InvalidArgumentError } from 'commander'
import { writeFile } from 'node:fs/promises'
import { loadIcecatMappings } from '../../config.ts'
import { previewText } from '../support/enrichment-preview-text.ts'
import {
  daysCsv,
  enrichmentOverview,
  overviewCsv,
  overviewText,
  runsCsv,
} from '../support/enrichment-overview.ts'
import { UsageError } from '../support/errors.ts'
import { withHub } from '../support/hub.ts'
import { workflowStartLine } from '../support/print.ts'
import { chosenConnection, configPath, readConfig } from '../support/project.ts'
import { startEnrichment, startEnrichProduct } from '../support/starts.ts'
import { temporalPlace, withTemporal } from '../support/temporal.ts'
import { addVerb, type Answer, answering, type Invocation, type Session } from '../support/verb.ts'
import { runWorks } from '../support/work.ts'

interface EnrichOptions {
  detach?: boolean
  print?: boolean
  preview?: boolean
  sample?: number
  index?: boolean
  report?: boolean
  csv?: string
  days?: string
  runs?: string
}

export function registerEnrich(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'enrich [id...]',
    summary:
      'write Icecat’s content into Akeneo: what is new since the last time, or the products that you name',
    examples: [
      'pimflow enrich',
      'pimflow enrich NL-DL7-W',
      'pimflow enrich --preview',
      'pimflow enrich --report --csv coverage.csv',
    ],
  })
    .option('--preview', 'write nothing: what it would do, how much of the catalogue Icecat has')
    .option(
      '--sample <number>',
      'with --preview: sheets that are fetched; they count for fair use (default: 20)',
      whole,
    )
    .option('--no-index', 'with --preview: do not read Icecat’s whole index, which takes minutes')
    .option('--report', 'start nothing: how the products stand, by brand, family and locale')
    .option('--csv <file>', 'with --report: write the table by brand and family as CSV')
    .option(
      '--days <file>',
      'with --report: write what the runs of each day did as CSV, by brand, family, locale, attribute and reason too',
    )
    .option('--runs <file>', 'with --report: the same of each run')
    .option('--detach', 'start it and do not wait for its end')
    .option('--print', 'print the line for the `temporal` program instead of starting anything')
    .action(answering<EnrichOptions>(session, enrich))
}

async function enrich({ terminal, options, args }: Invocation<EnrichOptions>): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const { name, icecat } = chosenConnection(config, options)
  if (icecat === undefined) {
    throw new UsageError(`${name} has no section icecat in the configuration: see docs/icecat.md`)
  }
  if ((options.csv ?? options.days ?? options.runs) !== undefined && options.report !== true)
    throw new UsageError('--csv, --days and --runs go with --report only')
  if (options.report === true) {
    if (args.length > 0) throw new UsageError('--report takes no ids; of one product: pimflow explain <id>')
    const overview = await withHub(config, (sql) =>
      enrichmentOverview(sql, name, icecat, { runs: options.runs !== undefined }),
    )
    if (options.csv !== undefined) await writeFile(options.csv, overviewCsv(overview))
    if (options.days !== undefined) await writeFile(options.days, daysCsv(overview.days))
    if (options.runs !== undefined) await writeFile(options.runs, runsCsv(overview.runs ?? []))
    return { value: overview, text: overviewText(overview) }
  }
  if (options.preview === true) {
    if (args.length > 0)
      throw new UsageError('--preview takes no ids: it looks at all products that the mapping chooses')
    // Loads all that calls Akeneo and Icecat, which no other part of this verb needs.
    const { previewOf } = await import('../../workers/preview-enrichment.ts')
    const mappings = await loadIcecatMappings(config, configPath(options, terminal))
    const preview = await withHub(config, (sql) =>
      terminal.interruptible((signal) =>
        previewOf(
          { sql, config, mappings, name },
          {
            sample: options.sample ?? defaultSample,
            readIndex: options.index !== false,
            signal,
            onProgress: (text) => terminal.err(text),
          },
        ),
      ),
    )
    return { value: preview, text: previewText(preview) }
  }
  const starts =
    args.length === 0 ? [startEnrichment(name)] : [...new Set(args)].map((id) => startEnrichProduct(name, id))
  const place = await temporalPlace(config, terminal)
  if (options.print === true) {
    const lines = starts.map((start) => workflowStartLine(start, place))
    return { value: lines, text: lines.join('\n') }
  }
  return withTemporal(place, (client) => runWorks(client, place, starts, terminal, options))
}

export const defaultSample = 20

export function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('A whole number is expected.')
  return Number(text)
}
