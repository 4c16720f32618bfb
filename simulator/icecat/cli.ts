import { Command } from 'commander'
import { icecatFault } from '../fault-rules.ts'
import { closeWhenStopped, latencyOf, listIn, whole } from '../flags.ts'
import type { Latency } from '../latency.ts'
import { givenAccount } from './given-accounts.ts'
import type { IcecatOptions } from './options.ts'
import { startIcecat, type IcecatSimulator } from './simulator.ts'

interface Flags {
  port?: number
  catalog?: string
  sheets?: string
  accounts?: string
  latency?: Latency
  nightlyHour?: number
  indexRows?: number
  dailyRows?: number
  assetsNeedToken?: boolean
  legacyErrors?: boolean
  faults?: string
}

/** The subcommand `icecat`; it runs until the process is stopped. */
export function icecatCommand(): Command {
  return new Command('icecat')
    .description('an Icecat to rehearse on: 127.0.0.1 only, everything in memory')
    .option('--port <number>', 'port to listen on (default: a free one)', whole)
    .option('--catalog <folder>', 'folder with taxonomy.json and products.json (default: the invented one)')
    .option('--sheets <folder>', 'folder of recorded sheets, product-*.xml')
    .option('--accounts <file>', 'JSON file with a list of accounts')
    .option('--latency <ms>', 'added to every call: 50, uniform:20:80 or lognormal:60:0.5', latencyOf)
    .option('--nightly-hour <hour>', 'hour (UTC) at which the night’s indexes are made (1)', whole)
    .option('--index-rows <number>', 'rows that are made up and added to files.index', whole)
    .option('--daily-rows <number>', 'rows that are made up and added to daily.index', whole)
    .option('--assets-need-token', 'pictures and documents answer only with a content token')
    .option('--legacy-errors', 'errors as older servers wrote them')
    .option('--faults <file>', 'JSON file with a list of fault rules')
    .addHelpText('after', '\nExample:\n  simulate icecat --port 8190 --index-rows 100000')
    .action(async (flags: Flags) => {
      const simulator = await startFromFlags(flags)
      const lines = simulator.credentials.map(
        ({ name, password, subscription, appKey, apiTokens, contentTokens }) =>
          `  ${subscription.padEnd(5)} ${name} / ${password}${appKey === null ? '' : `   app_key ${appKey}`}\n` +
          `        api token ${apiTokens[0] ?? '-'}   content token ${contentTokens[0] ?? '-'}\n`,
      )
      process.stdout.write(
        `Icecat simulator on ${simulator.url}\n${lines.join('')}  control ${simulator.url}/_simulator/state\n`,
      )
      closeWhenStopped(simulator)
    })
}

async function startFromFlags(flags: Flags): Promise<IcecatSimulator> {
  const options: IcecatOptions = {
    ...(flags.port !== undefined && { port: flags.port }),
    ...(flags.catalog !== undefined && { catalogue: flags.catalog }),
    ...(flags.sheets !== undefined && { sheets: flags.sheets }),
    ...(flags.accounts !== undefined && { accounts: listIn(flags.accounts, givenAccount) }),
    ...(flags.latency !== undefined && { latencyMs: flags.latency }),
    ...(flags.nightlyHour !== undefined && { nightlyHour: flags.nightlyHour }),
    ...(flags.indexRows !== undefined && { indexRows: flags.indexRows }),
    ...(flags.dailyRows !== undefined && { dailyRows: flags.dailyRows }),
    ...(flags.assetsNeedToken !== undefined && { assetsNeedToken: flags.assetsNeedToken }),
    ...(flags.legacyErrors !== undefined && { legacyErrors: flags.legacyErrors }),
  }
  const faults = flags.faults === undefined ? [] : listIn(flags.faults, icecatFault)
  const simulator = await startIcecat(options)
  for (const rule of faults) simulator.fault(rule)
  return simulator
}
