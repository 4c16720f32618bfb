import { Command, InvalidArgumentError } from 'commander'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { indexCommand } from './index.ts'
import { benchSimulator } from './simulator.ts'

const program = new Command('bench').description('measures, and says so in numbers')
program.addCommand(indexCommand())

program
  .command('simulator')
  .description(
    'how many products a second the Akeneo simulator hands out, how fast it starts, how much memory it takes',
  )
  .option('--json <file>', 'write the numbers as JSON')
  .option('--quick', 'short runs: under 50 seconds in all')
  .option('--seconds <number>', 'how long each shape is read', whole)
  .action(async (flags: { json?: string; quick?: boolean; seconds?: number }) => {
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
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`)
  })

function whole(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('A whole number is expected.')
  return Number(text)
}

await program.parseAsync()
