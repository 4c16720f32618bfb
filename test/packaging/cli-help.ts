import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { projectRoot } from './files.ts'

/** What `pimflow <words> --help` prints; rejects for a command that there is not. */
export async function helpOf(...words: string[]): Promise<string> {
  const args = ['--import', 'tsx', 'client/cli.ts', ...words, '--help']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot })
  const usage = stdout.split('\n', 1)[0] ?? ''
  // For a word it does not know the parser prints the help of the command above and calls it a success.
  if (!words.every((word) => usage.split(/\s+/).includes(word)))
    throw new Error(`there is no \`pimflow ${words.join(' ')}\``)
  return stdout
}
