import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { storyBlock } from '../demo/figures.ts'
import type { Session } from '../support/verb.ts'

interface DemoFlags {
  catalog: string
  edits?: string
  dump?: string
  json?: string
  keep?: boolean
}

/** The catalogue that ships with pimflow. */
const inventedCatalog = 'examples/catalog'

/** The tour. It reads no configuration and belongs to no connection, so it takes none of the options that the other verbs share. */
export function registerDemo(program: Command, { terminal }: Session): void {
  program
    .command('demo')
    .description('the tour: a catalogue travels from a simulated Akeneo into a hub; cleans up')
    .option('--catalog <folder>', 'Akeneo CSV import files to load', inventedCatalog)
    .option('--edits <file>', 'edits to make after the load: a JSON list of {resource, code, patch}')
    .option('--dump <folder>', 'write load.ndjson and edits.ndjson, one hub record a line')
    .option('--json <file>', 'write the figures')
    .option('--keep', 'leave everything running until Ctrl-C, to look around')
    .option('--debug', 'show where an error comes from')
    .addHelpText('after', '\nExample:\n  pimflow demo --catalog my-akeneo-export --dump out --keep')
    .action(async ({ catalog, edits, dump, json, keep }: DemoFlags) => {
      // Loads Temporal's native part and the simulator, which no other verb needs.
      const { openStage } = await import('../demo/stage.ts')
      const { runDemo } = await import('../demo/run-demo.ts')
      const { installRuntime } = await import('../../workers/telemetry.ts')
      installRuntime({ logLevel: 'error' })
      const onProgress = (text: string) => terminal.err(text)
      const stage = await openStage(catalog, onProgress)
      try {
        const story = await runDemo(stage, { edits, dump, onProgress })
        if (json !== undefined) await writeFile(json, `${JSON.stringify(story.figures)}\n`)
        if (keep !== true) {
          terminal.out(`\n${storyBlock(story)}`)
          return
        }
        terminal.out(
          `\n${storyBlock(story, { webUrl: stage.webUrl, configPath: await stage.writeConfig() })}`,
        )
        terminal.err('Everything runs on until Ctrl-C')
        await terminal.interruptible(untilAborted)
      } finally {
        await stage.close()
      }
    })
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    // A timer keeps the process: a listener alone would let it end.
    const alive = setInterval(() => undefined, 60_000)
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(alive)
        resolve()
      },
      { once: true },
    )
  })
