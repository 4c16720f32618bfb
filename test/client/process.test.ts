import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withLock } from '../../local/lock.ts'
import { withStubs } from '../support/stub-worker.ts'
import { until } from '../support/until.ts'
import { runProgram, startProgram } from './child.ts'
import { project } from './harness.ts'
import { chunk, gate, openedPoll, pollReport } from './stubs.ts'

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-process-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

// Each starts programs that are compiled as they load.
describe('the command as a process', { timeout: 90_000 }, () => {
  it('lets Ctrl-C end the following and not the work', async () => {
    const door = gate()
    await withStubs(
      {
        openPoll: () => Promise.resolve(openedPoll),
        transferRecords: async () => {
          await door.opened
          return chunk
        },
        finishRun: () => Promise.resolve({ report: pollReport, destinations: [] }),
      },
      async ({ taskQueue, client }) => {
        const at = await project({ taskQueue })
        onTestFinished(at.remove)
        const child = startProgram(['sync', 'products'], { folder: await folderWith({}), env: at.env })
        await child.untilPrinted('workflows/')
        const handle = client.workflow.getHandle(`pimflow/${taskQueue}/poll-products`)
        await until(
          async () =>
            (await handle.describe()).raw.pendingActivities?.[0]?.activityType?.name === 'transferRecords',
          'a chunk is under way',
        )
        child.process.kill('SIGINT')
        const { code, out, err } = await child.ended
        expect(out).toContain('the work goes on')
        expect({ code, err }).toEqual({ code: 130, err: '' })
        door.open()
        expect(await handle.result()).toEqual(pollReport)
      },
    )
  })

  it('reads .env where it runs, and lets the environment win', async () => {
    const folder = await folderWith({ '.env': "PIMFLOW_CONFIG='from-env-file.yaml'\n" })
    expect((await runProgram(['status'], { folder })).err).toContain('from-env-file.yaml')
    const env = { PIMFLOW_CONFIG: 'from-environment.yaml' }
    expect((await runProgram(['status'], { folder, env })).err).toContain('from-environment.yaml')
  })

  it('prints no colours into a pipe', async () => {
    const { err, code } = await runProgram(['status'], { folder: await folderWith({}) })
    expect(err).toMatch(/^pimflow: pimflow\.config\.yaml has a problem/)
    expect(code).toBe(2)
  })

  it('a second demo in a folder says that there is one, and touches nothing', async () => {
    const folder = await folderWith({})
    const lock = join(folder, '.pimflow', 'demo.lock')
    const { code, err } = await withLock(lock, () => runProgram(['demo'], { folder }))
    expect({ code, err }).toEqual({
      code: 2,
      err: `pimflow: A demo runs in this folder already (process ${process.pid}): end it with Ctrl-C, or run this one in another folder`,
    })
    expect(await readdir(join(folder, '.pimflow'))).toEqual([])
  })

  it('ends quietly when nobody reads on', async () => {
    const folder = await folderWith({})
    const child = startProgram(['--help'], { folder })
    child.process.stdout?.destroy()
    expect((await child.ended).err).toBe('')
  })
})
