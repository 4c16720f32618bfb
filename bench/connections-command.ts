import { Command } from 'commander'
import { counted } from '../client/support/format.ts'
import { benchConnections } from './connections.ts'
import {
  type CommonFlags,
  loadRow,
  ofCeiling,
  print,
  whole,
  wholeOrNone,
  writeJson,
} from './support/options.ts'

interface ConnectionsFlags extends CommonFlags {
  connections?: number
  hosts?: number
  products?: number
  shape: string
  latencyMs?: number
  workers: number
  everySeconds?: number
  rounds?: number
  besideLoad?: boolean
}

/** The command `bench connections`. */
export const connectionsCommand = (onProgress: (text: string) => void): Command =>
  new Command('connections')
    .description('many connections on one pool of workers: loaded at once, then polled by their schedules')
    .option('--connections <number>', 'how many (default: 20, quick 4)', whole)
    .option(
      '--hosts <number>',
      'Akeneos that they are spread over; 1: all share one (default: 4, quick 1)',
      whole,
    )
    .option('--products <number>', 'of each Akeneo (default: 1000, quick 200)', whole)
    .option('--shape <size>', 'structure of the catalogue: small, medium or large', 'small')
    .option(
      '--latency-ms <number>',
      'how long Akeneo takes for each call (default: 400, quick 100)',
      wholeOrNone,
    )
    .option('--workers <number>', 'worker processes', whole, 1)
    .option('--every-seconds <number>', 'how often each connection is polled (default: 60, quick 5)', whole)
    .option('--rounds <number>', 'for how many of these intervals (default: 5, quick 2)', whole)
    .option('--beside-load', 'the first connection is loaded anew while the polls go on')
    .option('--quick', 'small numbers: under 50 seconds in all')
    .option('--json <file>', 'write the numbers as JSON')
    .action(async ({ json, quick = false, besideLoad = false, ...flags }: ConnectionsFlags) => {
      const usual = quick ? quickNumbers : fullNumbers
      const numbers = await benchConnections({ ...usual, ...flags, besideLoad, onProgress })
      const { loads, polls, loadAverage } = numbers
      print([
        [
          'loads at once',
          `${counted(numbers.connections, 'connection')} on ${counted(numbers.hosts, 'Akeneo')}, by ${counted(numbers.workers, 'worker')}`,
        ],
        ['seconds', String(loads.seconds)],
        [
          'products/s',
          `${loads.productsPerSecond}, of the ceiling ${ofCeiling(loads.ratioToCeiling, loads.ceilingPerSecond)}`,
        ],
        ['calls under way', `${loads.callsUnderWay}, at most ${loads.peakOfOneHost} in one Akeneo`],
        ['whole runs', `${loads.firstDoneSeconds} s the first, ${loads.lastDoneSeconds} s the last`],
        ['worker CPU ms/product', String(loads.workerCpuMsPerProduct)],
        ['busy cores', String(loads.busyCores)],
      ])
      print([
        ['polls', `${polls.made} of ${polls.due} that were due, every ${polls.everySeconds} s`],
        [
          'seconds',
          `${polls.medianSeconds} median, ${polls.p95Seconds} 95th, ${polls.worstSeconds} at worst`,
        ],
        [
          'by connection',
          `${polls.bestConnectionSeconds} the best, ${polls.worstConnectionSeconds} the worst (medians)`,
        ],
        ['Temporal actions', `${polls.actionsPerPoll} each`],
        ['worker CPU ms', `${polls.workerCpuMsPerPoll} each`],
        ['busy cores', String(polls.busyCores)],
      ])
      print([loadRow(loadAverage, numbers.cores)])
      writeJson(json, numbers)
    })

const fullNumbers = { connections: 20, hosts: 4, products: 1000, latencyMs: 400, everySeconds: 60, rounds: 5 }
const quickNumbers = { connections: 4, hosts: 1, products: 200, latencyMs: 100, everySeconds: 5, rounds: 2 }
