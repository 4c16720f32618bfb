import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** In this order; those that need no Temporal last. */
const parts = [
  ['read', '--peers'],
  ['poll'],
  ['push'],
  ['reconcile'],
  ['day'],
  ['index'],
  ['simulator'],
] as const satisfies readonly (readonly string[])[]

/** The command `bench all`. */
export const allCommand = (): Command =>
  new Command('all')
    .description('all of them, one after the other, each in a process of its own')
    .option('--json <folder>', 'write the numbers of each as JSON into this folder')
    .option('--quick', 'small numbers: each under 50 seconds, once everything is installed')
    .action(async ({ json, quick }: { json?: string; quick?: boolean }) => {
      if (json !== undefined) await mkdir(json, { recursive: true })
      for (const [name, ...own] of parts) {
        const words = [
          name,
          ...own,
          ...(quick === true ? ['--quick'] : []),
          ...(json === undefined ? [] : ['--json', join(json, `${name}.json`)]),
        ]
        process.stdout.write(`\n${words.join(' ')}\n`)
        await run(words)
      }
    })

async function run(words: string[]): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, main, ...words], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`bench ${words.join(' ')} ended with ${code ?? 'a signal'}`)
}
