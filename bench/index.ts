import { cpus } from 'node:os'
import { Command } from 'commander'
import { benchIndex } from './index-file.ts'
import { type CommonFlags, whole, writeJson } from './support/options.ts'

interface Flags extends CommonFlags {
  rows?: number
  watched: number
}

/** The command `bench index`. */
export const indexCommand = (): Command =>
  new Command('index')
    .description('how many rows of an Icecat index a second are read against the products that are watched')
    .option(
      '--rows <number>',
      'rows of about 800 bytes, up to 27000000 (default: 3000000, quick 600000)',
      whole,
    )
    .option('--watched <number>', 'products to look for', whole, 1_000_000)
    .option('--json <file>', 'write the numbers as JSON')
    .option('--quick', 'few rows: under 50 seconds in all')
    .action(async ({ rows, watched, json, quick }: Flags) => {
      const numbers = await benchIndex(rows ?? (quick === true ? 600_000 : 3_000_000), watched)
      const versions = { node: process.versions.node, v8: process.versions.v8 }
      process.stdout.write(
        `${numbers.rowsPerSecond} rows/s   ${numbers.rssMiB} MiB   ${numbers.matches} of ${watched} products found ` +
          `in ${numbers.rows} rows of ${numbers.bytesPerRow} bytes   ${numbers.seconds} s, ${numbers.cpuSeconds} s CPU\n`,
      )
      writeJson(json, { ...numbers, versions, cores: cpus().length })
    })
