import { cpus } from 'node:os'
import { Command } from 'commander'
import { allCommand } from './all.ts'
import { connectionsCommand } from './connections-command.ts'
import { dayCommand } from './day-command.ts'
import { httpCommand } from './http.ts'
import { indexCommand } from './index.ts'
import { plotCommand } from './plot.ts'
import { benchPoll } from './poll.ts'
import { benchPush } from './push.ts'
import { benchRead, type LoadNumbers } from './read.ts'
import { benchReconcile } from './reconcile.ts'
import { sheetsCommand } from './sheets.ts'
import { benchSimulator } from './simulator.ts'
import {
  type CommonFlags,
  loadRow,
  ofCeiling,
  print,
  whole,
  wholeOrNone,
  writeJson,
} from './support/options.ts'

const program = new Command('bench').description('measures, and says so in numbers')
const onProgress = (text: string) => void process.stderr.write(`${text}\n`)
program.addCommand(indexCommand())
program.addCommand(allCommand(onProgress))
program.addCommand(plotCommand())
program.addCommand(sheetsCommand(onProgress))
program.addCommand(dayCommand(onProgress))
program.addCommand(httpCommand(onProgress))
program.addCommand(connectionsCommand(onProgress))

program
  .command('simulator')
  .description(
    'how many products a second the Akeneo simulator hands out, how fast it starts, how much memory it takes',
  )
  .option('--json <file>', 'write the numbers as JSON')
  .option('--quick', 'short runs: under 50 seconds in all')
  .option('--seconds <number>', 'how long each shape is read', whole)
  .action(async (flags: CommonFlags & { seconds?: number }) => {
    const seconds = flags.seconds ?? (flags.quick === true ? 6 : 20)
    const shapes = await benchSimulator(seconds)
    const report = {
      shapes,
      versions: { node: process.versions.node, v8: process.versions.v8 },
      cores: cpus().length,
    }
    for (const [shape, { productsPerSecond, startMs, rssMiB }] of Object.entries(shapes)) {
      process.stdout.write(
        `${shape.padEnd(8)}${productsPerSecond} products/s   starts in ${startMs} ms   ${rssMiB} MiB\n`,
      )
    }
    writeJson(flags.json, report)
  })

interface ReadFlags extends CommonFlags {
  products?: number
  shape: string
  latencyMs: number
  workers: number
  oneSecond?: boolean
  again?: boolean
  peers?: boolean
  peerProducts?: number
  profile?: string
  heapProfile?: string
}

program
  .command('read')
  .description('a full load: products a second against what Akeneo allows, and what it costs')
  .option('--products <number>', 'how many (default: 50000, quick 3000)', whole)
  .option('--shape <size>', 'structure of the catalogue: small, medium or large', 'medium')
  .option('--latency-ms <number>', 'how long Akeneo takes for each call', wholeOrNone, 400)
  .option('--workers <number>', 'worker processes', whole, 1)
  .option('--one-second', 'all products were created, and last changed, in one second, as after an import')
  .option('--again', 'read everything a second time, unchanged')
  .option('--peers', 'other clients on the same simulator')
  .option('--peer-products <number>', 'how many each of those reads (default: 10000, quick 500)', whole)
  .option('--profile <folder>', 'write a CPU profile of each worker')
  .option('--heap-profile <folder>', 'write what allocates memory in each worker')
  .option('--quick', 'small numbers: under 50 seconds in all, once everything is installed')
  .option('--json <file>', 'write the numbers as JSON')
  .action(async ({ json, quick = false, products, peerProducts, ...flags }: ReadFlags) => {
    const numbers = await benchRead({
      oneSecond: false,
      again: false,
      peers: false,
      ...flags,
      products: products ?? (quick ? 3000 : 50_000),
      peerProducts: peerProducts ?? (quick ? 500 : 10_000),
      onProgress,
    })
    const { peers, unchanged, loadAverage, timesFastestPeer } = numbers
    print(loadRows([['first', numbers], ...(unchanged ? [['unchanged', unchanged] as const] : [])]))
    if (peers.length > 0) {
      print([
        ['peer', 'products/s', 'with 4 calls', 'CPU ms/product'],
        ...peers.map((peer) => [
          `${peer.name} ${peer.version}`,
          String(peer.productsPerSecond),
          peer.fourCallsPerSecond === null ? 'not possible' : String(peer.fourCallsPerSecond),
          String(peer.cpuMsPerProduct),
        ]),
        ['pimflow beside the fastest', `${timesFastestPeer ?? 0} times`],
      ])
    }
    print([loadRow(loadAverage, numbers.cores)])
    writeJson(json, numbers)
  })

interface PollFlags extends CommonFlags {
  products?: number
  shape: string
  latencyMs: number
  edits?: number
}

program
  .command('poll')
  .description(
    'a scheduled poll that finds nothing, and one that carries edits: time, requests, Temporal actions',
  )
  .option('--products <number>', 'in the hub (default: 10000, quick 2000)', whole)
  .option('--shape <size>', 'structure of the catalogue: small, medium or large', 'medium')
  .option('--latency-ms <number>', 'how long Akeneo takes for each call of a poll', wholeOrNone, 400)
  .option('--edits <number>', 'products changed between two polls (default: 500, quick 100)', whole)
  .option('--quick', 'small numbers: under 50 seconds in all')
  .option('--json <file>', 'write the numbers as JSON')
  .action(async ({ json, quick = false, products, edits, ...flags }: PollFlags) => {
    const numbers = await benchPoll({
      ...flags,
      products: products ?? (quick ? 2000 : 10_000),
      edits: edits ?? (quick ? 100 : 500),
      onProgress,
    })
    const { quiet, changed, loadAverage } = numbers
    print([
      ['', 'finds nothing', `carries ${changed.edits} edits`],
      ...(['published', 'seconds', 'requests', 'actions', 'events', 'workerCpuMs'] as const).map((name) => [
        pollLabels[name],
        String(quiet[name]),
        String(changed[name]),
      ]),
    ])
    print([loadRow(loadAverage, numbers.cores)])
    writeJson(json, numbers)
  })

interface ReconcileFlags extends CommonFlags {
  products?: number
  shape: string
  latencyMs?: number
  deleted?: number
  keysOnly?: boolean
}

program
  .command('reconcile')
  .description('the nightly comparison of all keys: time, requests, memory, what left')
  .option('--products <number>', 'in the hub (default: 20000, quick 2000)', whole)
  .option('--shape <size>', 'structure of the catalogue: small, medium or large', 'medium')
  .option(
    '--latency-ms <number>',
    'how long Akeneo takes for each call (default: 400, quick 100)',
    wholeOrNone,
  )
  .option('--deleted <number>', 'products deleted in Akeneo before (default: one in 1,000)', whole)
  .option('--keys-only', 'fill the hub with keys alone instead of loading it: for very many products')
  .option('--quick', 'small numbers: under 50 seconds in all')
  .option('--json <file>', 'write the numbers as JSON')
  .action(
    async ({
      json,
      quick = false,
      products,
      latencyMs,
      deleted,
      keysOnly = false,
      ...flags
    }: ReconcileFlags) => {
      const count = products ?? (quick ? 2000 : 20_000)
      const numbers = await benchReconcile({
        ...flags,
        keysOnly,
        products: count,
        latencyMs: latencyMs ?? (quick ? 100 : 400),
        deleted: deleted ?? Math.ceil(count / 1000),
        onProgress,
      })
      const { keysPerSecond, ceilingPerSecond, ratioToCeiling, loadAverage } = numbers
      print([
        ['keys listed', String(numbers.listed)],
        ['deleted, retired', `${numbers.deleted}, ${numbers.retired}`],
        ['seconds', `${numbers.listSeconds} (whole run ${numbers.seconds})`],
        ['keys/s', `${keysPerSecond}, of the ceiling ${ofCeiling(ratioToCeiling, ceilingPerSecond)}`],
        ['requests', String(numbers.requests)],
        ['Temporal actions', String(numbers.actions)],
        ['worker CPU ms', String(numbers.workerCpuMs)],
        ['worker memory MiB', String(numbers.workerRssMiB)],
        loadRow(loadAverage, numbers.cores),
      ])
      writeJson(json, numbers)
    },
  )

interface PushFlags extends CommonFlags {
  lines?: number
  shape: string
  latencyMs: number
}

program
  .command('push')
  .description(
    'updates in batches of 100 lines: lines a second against what Akeneo allows, edit check included',
  )
  .option('--lines <number>', 'how many (default: 40000, quick 6000)', whole)
  .option('--shape <size>', 'structure of the catalogue: small, medium or large', 'medium')
  .option('--latency-ms <number>', 'how long Akeneo takes for each batch', wholeOrNone, 1000)
  .option('--quick', 'small numbers: under 50 seconds in all')
  .option('--json <file>', 'write the numbers as JSON')
  .action(async ({ json, quick = false, lines, ...flags }: PushFlags) => {
    const numbers = await benchPush({ ...flags, lines: lines ?? (quick ? 6000 : 40_000), onProgress })
    const { seconds, linesPerSecond, ceilingPerSecond, ratioToCeiling, batches, checks } = numbers
    print([
      ['lines', String(numbers.lines)],
      ['seconds', String(seconds)],
      ['lines/s', `${linesPerSecond}, of the ceiling ${ofCeiling(ratioToCeiling, ceilingPerSecond)}`],
      ['requests', `${batches} batches of ${numbers.answerMs} ms, ${checks} looks for edits`],
      [
        'calls under way',
        `${numbers.callsUnderWay}, ${numbers.gapMs} ms from an answer to the next call, the first after ${numbers.firstCallAfterMs} ms`,
      ],
      ['outcomes', JSON.stringify(numbers.outcomes)],
      ['CPU ms/line', String(numbers.cpuMsPerLine)],
    ])
    writeJson(json, numbers)
  })

const pollLabels = {
  published: 'published',
  seconds: 'seconds',
  requests: 'requests',
  actions: 'Temporal actions',
  events: 'events',
  workerCpuMs: 'worker CPU ms',
}

function loadRows(loads: (readonly [string, LoadNumbers])[]): string[][] {
  const row = (label: string, value: (load: LoadNumbers) => string | number) => [
    label,
    ...loads.map(([, load]) => String(value(load))),
  ]
  return [
    ['', ...loads.map(([name]) => name)],
    row('products', ({ products }) => products),
    row('seconds', ({ seconds, wholeSeconds }) => `${seconds} (whole run ${wholeSeconds})`),
    row('products/s', ({ productsPerSecond }) => productsPerSecond),
    row('of the ceiling', ({ ceilingPerSecond, ratioToCeiling }) =>
      ofCeiling(ratioToCeiling, ceilingPerSecond),
    ),
    row('answer ms', ({ answerMs }) => answerMs),
    row('calls under way', ({ callsUnderWay, gapMs }) => `${callsUnderWay} (${gapMs} ms to the next)`),
    row(
      'product pages',
      ({ requests, requestsPerThousand }) => `${requests} (${requestsPerThousand} per 1,000)`,
    ),
    row('other requests', ({ structureRequests }) => structureRequests),
    row(
      'Temporal actions',
      ({ actions, actionsPerThousand }) => `${actions} (${actionsPerThousand} per 1,000)`,
    ),
    row('events', ({ events }) => events),
    row(
      'worker CPU ms/product',
      ({ workerCpuMsPerProduct, wholeCpuMsPerProduct }) =>
        `${workerCpuMsPerProduct} (whole run ${wholeCpuMsPerProduct})`,
    ),
    row('worker memory MiB', ({ workerRssMiB }) => workerRssMiB),
    row('busy cores', ({ busyCores }) => busyCores),
  ]
}

await program.parseAsync()
