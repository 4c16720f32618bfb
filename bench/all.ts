import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Argument, Command } from 'commander'
import { projectDataDir } from '../local/paths.ts'
import { startServices } from '../local/services.ts'
import { installPeers } from './peers/install.ts'
import { ensureBuilt } from './support/build.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** In this order; those that need no Temporal last. */
const parts = ['read', 'poll', 'push', 'reconcile', 'day', 'connections', 'index', 'simulator'] as const

/** What `--quick` promises of each, once everything is installed, built and started. */
const quickSeconds = 50

/** `poll took 61 s: --quick promises less than 50`; null where the promise was kept. */
export const brokenPromise = (part: string, seconds: number): string | null =>
  seconds < quickSeconds
    ? null
    : `${part} took ${seconds.toFixed(0)} s: --quick promises less than ${quickSeconds}`

interface AllFlags {
  json?: string
  quick?: boolean
  peers: boolean
}

/** The command `bench all`. */
export const allCommand = (onProgress: (text: string) => void): Command =>
  new Command('all')
    .description('all of them, or those that are named, one after the other, each in a process of its own')
    .addArgument(new Argument('[parts...]', 'in this order, whatever is named first').choices(parts))
    .option('--json <folder>', 'write the numbers of each as JSON into this folder')
    .option('--quick', `small numbers: each under ${quickSeconds} seconds, and a failure where one is not`)
    .option('--no-peers', 'without other clients beside the load')
    .action(async (named: string[], { json, quick = false, peers }: AllFlags) => {
      if (json !== undefined) await mkdir(json, { recursive: true })
      const chosen = parts.filter((part) => named.length === 0 || named.includes(part))
      await ensureBuilt(onProgress)
      if (peers && chosen.includes('read')) await installPeers(onProgress)
      // Held for all, so that they are started once, and by none of those whose time is looked at.
      const services = await startServices({ dataDir: projectDataDir(), onProgress })
      const broken: string[] = []
      try {
        for (const part of chosen) {
          const words = [
            part,
            ...(part === 'read' && peers ? ['--peers'] : []),
            ...(quick ? ['--quick'] : []),
            ...(json === undefined ? [] : ['--json', join(json, `${part}.json`)]),
          ]
          process.stdout.write(`\n${words.join(' ')}\n`)
          const beganMs = performance.now()
          await run(words)
          const seconds = (performance.now() - beganMs) / 1000
          process.stdout.write(`${part}: ${seconds.toFixed(0)} s\n`)
          if (quick) broken.push(...[brokenPromise(part, seconds)].filter((text) => text !== null))
        }
      } finally {
        await services.stop()
      }
      if (broken.length > 0) throw new Error(broken.join('; '))
    })

async function run(words: string[]): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, main, ...words], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`bench ${words.join(' ')} ended with ${code ?? 'a signal'}`)
}
