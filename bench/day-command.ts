import { Command, InvalidArgumentError, Option } from 'commander'
import { benchDay, type DayRun } from './day.ts'
import { type CommonFlags, loadRow, print, whole, wholeOrNone, writeJson } from './support/options.ts'

interface Flags extends CommonFlags {
  products?: number
  shape: string
  changes?: number
  others?: number
  icecatMs: number
  latencyMs: number
  door: 'json' | 'xml'
}

/** The command `bench day`. */
export const dayCommand = (onProgress: (text: string) => void): Command =>
  new Command('day')
    .description(
      'a day of enrichment: a poll, Icecat’s index of the day, sheets that changed, lines, what Akeneo shows of them',
    )
    .option('--products <number>', 'all enriched yesterday (default: 50000, quick 2000)', whole)
    .option('--shape <size>', 'structure of the catalogue: small, medium or large', 'medium')
    .option(
      '--changes <part>',
      'part of the sheets that Icecat changed, and of the products that people changed (default: 0.001, quick 0.003)',
      part,
    )
    .option(
      '--others <number>',
      'other products in Icecat’s index of the day (default: 100000, quick 2000)',
      whole,
    )
    .option('--icecat-ms <number>', 'how long Icecat takes for each call', wholeOrNone, 300)
    .option('--latency-ms <number>', 'how long Akeneo takes for each call', wholeOrNone, 400)
    .addOption(
      new Option('--door <name>', 'json: a call for each of three languages; xml: one for all')
        .choices(['json', 'xml'])
        .default('json'),
    )
    .option('--quick', 'small numbers: under 50 seconds in all')
    .option('--json <file>', 'write the numbers as JSON')
    .action(async ({ json, quick = false, products, changes, others, ...flags }: Flags) => {
      const numbers = await benchDay({
        ...flags,
        products: products ?? (quick ? 2000 : 50_000),
        changes: changes ?? (quick ? 0.003 : 0.001),
        others: others ?? (quick ? 2000 : 100_000),
        onProgress,
      })
      const { poll, enrichment } = numbers
      const row = (label: string, value: (run: DayRun) => string | number) => [
        label,
        String(value(poll)),
        String(value(enrichment)),
      ]
      print([
        ['', 'poll', 'enrichment'],
        row('seconds', ({ seconds }) => seconds),
        row('calls to Icecat', ({ icecatRequests }) => icecatRequests),
        row('calls to Akeneo', ({ akeneoRequests }) => akeneoRequests),
        row('Temporal actions', ({ actions }) => actions),
        row('events', ({ events }) => events),
        row('worker CPU ms', ({ workerCpuMs }) => workerCpuMs),
      ])
      print([
        ['step', 'times', 'seconds', 'from the first to the last'],
        ...enrichment.steps.map(({ name, times, seconds, spanSeconds }) =>
          [name, times, seconds, spanSeconds].map(String),
        ),
      ])
      print([
        ['sheets changed, enriched', `${numbers.changed}, ${enrichment.enriched}`],
        ['products edited, at a value of ours', `${numbers.edited}, ${numbers.overwritten}`],
        ['sheets, lines, values', `${enrichment.sheets}, ${enrichment.lines}, ${enrichment.values}`],
        ['worker memory MiB', String(numbers.workerRssMiB)],
        ['database MiB', String(numbers.databaseMiB)],
        ['busy cores', String(numbers.busyCores)],
        loadRow(numbers.loadAverage, numbers.cores),
      ])
      writeJson(json, numbers)
    })

function part(text: string): number {
  const number = Number(text)
  if (!(number > 0 && number <= 0.1))
    throw new InvalidArgumentError('A part up to 0.1 is expected, such as 0.001.')
  return number
}
