import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { until } from '../support/until.ts'
import type { Ended } from './harness.ts'

const program = fileURLToPath(new URL('../../client/cli.ts', import.meta.url))
/** As a file: the folder that a command runs in need not know the loader. */
const loader = import.meta.resolve('tsx')

export interface Child {
  process: ChildProcess
  ended: Promise<Ended>
  untilPrinted(text: string): Promise<void>
}

interface Where {
  folder: string
  env?: Record<string, string>
}

/** The command as a process of its own, in a folder of its own; of the environment it gets what is given and no more. */
export function startProgram(argv: string[], { folder, env = {} }: Where): Child {
  const child = spawn(process.execPath, ['--import', loader, program, ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (printed.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (printed.err += data.toString()))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code: code ?? -1, out: printed.out.trimEnd(), err: printed.err.trimEnd() })
    })
  })
  return {
    process: child,
    ended,
    untilPrinted: (text) =>
      until(() => Promise.resolve((printed.out + printed.err).includes(text)), `it prints ${text}`, 20_000),
  }
}

export const runProgram = (argv: string[], where: Where): Promise<Ended> => startProgram(argv, where).ended
