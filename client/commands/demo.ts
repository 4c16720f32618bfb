import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Argument, type Command } from 'commander'
import { type KeptDemo, storyBlock } from '../demo/figures.ts'
import type { Stage } from '../demo/stage.ts'
import { UsageError } from '../support/errors.ts'
import { shipped } from '../support/shipped.ts'
import type { Session } from '../support/verb.ts'

interface DemoFlags {
  catalog?: string
  overlay?: string
  edits?: string
  dump?: string
  json?: string
  keep?: boolean
}

/** Icecat's side of the catalogue that ships with pimflow, and the mapping between the two. */
const inventedIcecat = () => ({
  catalogue: shipped('examples/icecat'),
  mapping: shipped('examples/mapping/northlamp.icecat.yaml'),
})

/** The tour. It reads no configuration and belongs to no connection, so it takes none of the options that the other verbs share. */
export function registerDemo(program: Command, { terminal }: Session): void {
  program
    .command('demo')
    .description(
      'the tour: a catalogue travels from a simulated Akeneo into a hub; or, with enrich, three days of Icecat’s content into Akeneo; cleans up',
    )
    .addArgument(new Argument('[what]', 'enrich: Icecat’s content into Akeneo').choices(['enrich']))
    .option(
      '--catalog <folder>',
      'Akeneo CSV import files to load (default: the catalogue that ships with pimflow)',
    )
    .option(
      '--overlay <folder>',
      'further import files over it, such as examples/overlay, whose *.hub.yaml is the mapping of a second output',
    )
    .option('--edits <file>', 'edits to make after the load: a JSON list of {resource, code, patch}')
    .option(
      '--dump <folder>',
      'write load.ndjson and edits.ndjson, one hub record a line; for a second output beside them',
    )
    .option('--json <file>', 'write the figures')
    .option('--keep', 'leave everything running until Ctrl-C, to look around')
    .option('--debug', 'show where an error comes from')
    .addHelpText(
      'after',
      '\nExamples:\n  pimflow demo --catalog my-akeneo-export --dump out --keep\n  pimflow demo enrich --json days.json',
    )
    .action(async (what: 'enrich' | undefined, flags: DemoFlags) => {
      if (what === 'enrich' && (flags.edits !== undefined || flags.dump !== undefined))
        throw new UsageError(
          '`demo enrich` makes its own changes and writes no records: --edits and --dump go with `demo`',
        )
      // Loads Temporal's native part and the simulators, which no other verb needs.
      const { onStage } = await import('../demo/stage.ts')
      const { installRuntime } = await import('../../workers/telemetry.ts')
      installRuntime({ logLevel: 'error' })
      const onProgress = (text: string) => terminal.err(text)
      const options = {
        catalog: flags.catalog ?? shipped('examples/catalog'),
        onProgress,
        ...(flags.overlay === undefined ? {} : { overlay: await overlayIn(flags.overlay) }),
        ...(what === 'enrich' ? { icecat: inventedIcecat() } : {}),
      }
      const tour = async (stage: Stage) => {
        const { figures, text } = await play(what, stage, flags, onProgress)
        if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(figures)}\n`)
        const kept =
          flags.keep === true ? { webUrl: stage.webUrl, configPath: await stage.writeConfig() } : undefined
        terminal.out(`\n${text(kept)}`)
        if (kept === undefined) return
        terminal.err('Everything runs on until Ctrl-C')
        await terminal.interruptible(untilAborted)
      }
      await onStage(options, tour, (pid) => {
        throw new UsageError(
          `A demo runs in this folder already (process ${pid}): end it with Ctrl-C, or run this one in another folder`,
        )
      })
    })
}

async function overlayIn(folder: string): Promise<{ folder: string; mapping: string }> {
  const files = await readdir(folder).catch(() => {
    throw new UsageError(`${folder} is no folder that can be read: give one such as examples/overlay`)
  })
  const [mapping, ...others] = files.filter((file) => file.endsWith('.hub.yaml'))
  if (mapping === undefined || others.length > 0)
    throw new UsageError(
      `${folder} must have one mapping file *.hub.yaml; it has ${mapping === undefined ? 'none' : others.length + 1}`,
    )
  return { folder, mapping: join(folder, mapping) }
}

async function play(
  what: 'enrich' | undefined,
  stage: Stage,
  { edits, dump }: DemoFlags,
  onProgress: (text: string) => void,
): Promise<{ figures: object; text: (kept?: KeptDemo) => string }> {
  if (what === 'enrich') {
    const { runEnrichment, enrichmentBlock } = await import('../demo/run-enrichment.ts')
    const story = await runEnrichment(stage, onProgress)
    return { figures: story.figures, text: (kept) => enrichmentBlock(story, kept) }
  }
  const { runDemo } = await import('../demo/run-demo.ts')
  const story = await runDemo(stage, { edits, dump, onProgress })
  return { figures: story.figures, text: (kept) => storyBlock(story, kept) }
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
