import { Command, InvalidArgumentError, Option } from 'commander'
import { akeneoFault } from '../fault-rules.ts'
import { closeWhenStopped, latencyOf, listIn, whole } from '../flags.ts'
import type { Latency } from '../latency.ts'
import { givenApp, givenConnection } from './given-connections.ts'
import type { AkeneoOptions } from './options.ts'
import { isShapeName, type ShapeName } from './shapes/shape.ts'
import { startAkeneo, type AkeneoSimulator } from './simulator.ts'

interface Flags {
  port?: number
  clientId?: string
  clientSecret?: string
  username?: string
  password?: string
  catalog?: string
  overlay?: string
  empty?: boolean
  shape?: ShapeName
  createdPerSecond?: number
  latency?: Latency
  itemLatency?: Latency
  timezone?: string
  searchLag?: number
  variantLag?: number
  accessToken?: number
  limits?: boolean
  opaqueCursors?: boolean
  emptyMapsAsLists?: boolean
  refuseExtraValueKeys?: boolean
  edition?: string
  faults?: string
  connections?: string
  apps?: string
  export?: string
}

const EDITIONS = ['CE', 'EE', 'GE', 'Serenity']

/** The subcommand `akeneo`; it runs until the process is stopped. */
export function akeneoCommand(): Command {
  return new Command('akeneo')
    .description('an Akeneo PIM to rehearse on: 127.0.0.1 only, everything in memory')
    .option('--port <number>', 'port to listen on (default: a free one)', whole)
    .option('--client-id <id>', 'OAuth client id')
    .option('--client-secret <secret>', 'OAuth client secret')
    .option('--username <name>', 'user of the connection')
    .option('--password <password>', "that user's password")
    .option('--catalog <folder>', 'folder of Akeneo CSV import files to load')
    .option('--overlay <folder>', 'folder of further import files, loaded over the catalogue')
    .option('--empty', 'start with a PIM as it is after installation (the default without --catalog)')
    .option('--shape <size>', 'start with a generated catalogue: small, medium, large, or medium:8000', shape)
    .option('--created-per-second <number>', 'generated products that share a second (default: 20)', whole)
    .option('--latency <ms>', 'added to every call: 50, uniform:20:80 or lognormal:60:0.5', latencyOf)
    .option('--item-latency <ms>', 'the same for every item of a list and line of a collection', latencyOf)
    .option('--timezone <name>', 'zone of the server, e.g. Europe/Paris', zone)
    .option('--search-lag <ms>', 'how long lists trail writes', whole)
    .option('--variant-lag <ms>', "how long a changed model's variants trail it in lists", whole)
    .option('--access-token <seconds>', 'life of an access token', whole)
    .option('--opaque-cursors', 'show cursors as base64 instead of uuids and codes')
    .option('--empty-maps-as-lists', 'answer empty maps as [], as PHP builds do')
    .option(
      '--refuse-extra-value-keys',
      'refuse values with keys beside locale, scope and data, as some builds do',
    )
    .addOption(new Option('--edition <name>', 'what system-information says (default: EE)').choices(EDITIONS))
    .option('--limits', "enforce Akeneo's documented limits with 429")
    .option('--faults <file>', 'JSON file with a list of fault rules')
    .option('--connections <file>', 'JSON file with a list of further connections and their rights')
    .option('--apps <file>', 'JSON file with a list of apps; Akeneo’s cloud only')
    .option('--export <folder>', 'write the catalogue there as Akeneo CSV files and end')
    .addHelpText(
      'after',
      '\nExample:\n  simulate akeneo --catalog examples/catalog --port 8180 --search-lag 2000',
    )
    .action(async (flags: Flags) => {
      const simulator = await startFromFlags(flags)
      if (flags.export !== undefined) {
        const rows = Object.entries(simulator.exportTo(flags.export))
        process.stdout.write(rows.map(([file, count]) => `${flags.export}/${file}: ${count} rows\n`).join(''))
        return simulator.close()
      }
      const { clientId, clientSecret, username, password } = simulator.credentials
      process.stdout.write(
        `Akeneo simulator on ${simulator.url}\n` +
          `  client id      ${clientId}\n  client secret  ${clientSecret}\n` +
          `  username       ${username}\n  password       ${password}\n` +
          `  control        ${simulator.url}/_simulator/state\n`,
      )
      closeWhenStopped(simulator)
    })
}

async function startFromFlags(flags: Flags): Promise<AkeneoSimulator> {
  const contents = [flags.empty, flags.catalog, flags.shape].filter((flag) => flag !== undefined)
  if (contents.length > 1) throw new InvalidArgumentError('One of --empty, --catalog and --shape is enough.')
  const options: AkeneoOptions = {
    ...(flags.port !== undefined && { port: flags.port }),
    ...(flags.clientId !== undefined && { clientId: flags.clientId }),
    ...(flags.clientSecret !== undefined && { clientSecret: flags.clientSecret }),
    ...(flags.username !== undefined && { username: flags.username }),
    ...(flags.password !== undefined && { password: flags.password }),
    ...(flags.catalog !== undefined && { catalog: flags.catalog }),
    ...(flags.overlay !== undefined && { overlay: flags.overlay }),
    ...(flags.shape !== undefined && { shape: flags.shape }),
    ...(flags.createdPerSecond !== undefined && { createdPerSecond: flags.createdPerSecond }),
    ...(flags.latency !== undefined && { latencyMs: flags.latency }),
    ...(flags.itemLatency !== undefined && { itemLatencyMs: flags.itemLatency }),
    ...(flags.timezone !== undefined && { timezone: flags.timezone }),
    ...(flags.searchLag !== undefined && { searchLagMs: flags.searchLag }),
    ...(flags.variantLag !== undefined && { variantLagMs: flags.variantLag }),
    ...(flags.accessToken !== undefined && { accessTokenSeconds: flags.accessToken }),
    ...(flags.opaqueCursors !== undefined && { opaqueCursors: flags.opaqueCursors }),
    ...(flags.emptyMapsAsLists !== undefined && { emptyMapsAsLists: flags.emptyMapsAsLists }),
    ...(flags.refuseExtraValueKeys !== undefined && { refuseExtraValueKeys: flags.refuseExtraValueKeys }),
    ...(flags.edition !== undefined && { edition: flags.edition }),
    ...(flags.limits !== undefined && { limits: flags.limits }),
    ...(flags.connections !== undefined && { connections: listIn(flags.connections, givenConnection) }),
    ...(flags.apps !== undefined && { apps: listIn(flags.apps, givenApp) }),
  }
  const faults = flags.faults === undefined ? [] : listIn(flags.faults, akeneoFault)
  const simulator = await startAkeneo(options)
  for (const rule of faults) simulator.fault(rule)
  return simulator
}

function shape(text: string): ShapeName {
  if (isShapeName(text)) return text
  throw new InvalidArgumentError(
    'Expected is small, medium or large, or one of them with a number of products: medium:8000.',
  )
}

function zone(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name
  } catch {
    throw new InvalidArgumentError('Expected is the name of a zone, such as Europe/Paris or UTC.')
  }
}
