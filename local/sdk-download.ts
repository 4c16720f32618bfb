import { runCommand, withReminders } from './run-command.ts'

// In a process of its own: the SDK starts what it has downloaded, and its native core would stay loaded here.
const script = `
import { TestWorkflowEnvironment } from '@temporalio/testing'
const [, kind, downloadDir] = process.argv
const server = { executable: { type: 'cached-download', downloadDir } }
const start = kind === 'dev-server' ? 'createLocal' : 'createTimeSkipping'
await (await TestWorkflowEnvironment[start]({ server })).teardown()
`

const timeoutMs = 15 * 60_000

/**
 * Lets Temporal's SDK download a server program into the folder. Returns what went wrong, for use inside a sentence, or an empty
 * text. The SDK's testing package is a development dependency: where it is not installed, that is the answer.
 */
export async function downloadWithSdk(
  kind: 'dev-server' | 'time-skipping',
  folder: string,
  onProgress: (text: string) => void,
): Promise<string> {
  const { ok, output } = await withReminders(
    () => 'still downloading',
    onProgress,
    () =>
      runCommand(process.execPath, ['--input-type=module', '--eval', script, kind, folder], {
        // Where the import above is resolved from.
        cwd: import.meta.dirname,
        // Options meant for this process (loaders, inspectors) would break or slow the other one.
        env: { ...process.env, NODE_OPTIONS: '' },
        timeoutMs,
      }),
  )
  if (ok) return ''
  const reason = /dns error|timed out|Connect\b|status client error[^:]*|Cannot find package '[^']+'/.exec(
    output,
  )
  return reason?.[0] ?? 'it failed'
}
