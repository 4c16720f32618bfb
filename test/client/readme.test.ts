import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { storyBlock } from '../../client/demo/figures.ts'
import { runDemo } from '../../client/demo/run-demo.ts'
import { onStage } from '../../client/demo/stage.ts'
import { findTemporalProgram } from '../../local/temporal-program.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { startCommand } from './harness.ts'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

describe('README', () => {
  let pipeline: Pipeline
  beforeAll(async () => {
    pipeline = await openPipeline()
  })
  afterAll(() => pipeline.close())

  /** A block of README as this test can run it: with its own connection and queue, on the server of the tests. */
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const here = (block: string) =>
    block
      .replaceAll('acme', pipeline.connection)
      .replaceAll('--task-queue pimflow', `--task-queue ${pipeline.taskQueue}`)

  async function run(block: string): Promise<string> {
    const program = await findTemporalProgram({})
    const line = here(block).replace(/^temporal/, `"${program}"`)
    const child = spawn('sh', ['-c', line], {
      env: { ...process.env, TEMPORAL_ADDRESS: inject('temporalAddress') },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const [code] = (await once(child, 'exit')) as [number]
    expect(code, output).toBe(0)
    return output
  }

  it('starts the categories with the line it prints for Temporal’s CLI', async () => {
    const [start = ''] = blocks
    await run(start)
    const handle = pipeline.client.workflow.getHandle(`pimflow/${pipeline.connection}/initialize-categories`)
    expect(await handle.result()).toMatchObject({ outcome: 'done' })
  })

  it('creates the schedule with the line it prints for Temporal’s CLI', async () => {
    const [, create = ''] = blocks
    await run(create)
    const schedule = pipeline.client.schedule.getHandle(`pimflow/${pipeline.connection}/poll`)
    await schedule.trigger('SKIP')
    await until(async () => (await schedule.describe()).info.numActionsTaken > 0, 'the schedule has acted')
    await schedule.delete()
    const load = pipeline.client.workflow.getHandle(`pimflow/${pipeline.connection}/load-products`)
    await until(
      () =>
        load.describe().then(
          () => true,
          () => false,
        ),
      'the first tick has started the load',
    )
    expect(await load.result()).toMatchObject({ runId: expect.stringMatching(/^\d+$/) as unknown })
  })

  it('shows what the demo writes, but for times and ports', async () => {
    const [, shown = ''] = /<!-- demo -->\s*```\n([\s\S]*?)```/.exec(readme) ?? []
    await onStage({ catalog: 'examples/catalog', onProgress: () => undefined }, async (stage) => {
      const story = await runDemo(stage, { onProgress: () => undefined })
      expect(withoutMeasures(storyBlock(story, undefined, 'demo'))).toBe(withoutMeasures(shown.trimEnd()))
      const config = await stage.writeConfig()
      const commands = (blocks[2] ?? '').trim().split('\n')
      expect(commands).toHaveLength(2)
      for (const command of commands) {
        const words = command.replace('.pimflow/demo/pimflow.config.yaml', config).split(' ').slice(2)
        const { code, out } = await startCommand(words, process.env).ended
        expect({ code, out }).toMatchObject({
          code: 0,
          out: expect.stringContaining('2000000123462') as string,
        })
      }
    })
  }, 240_000)
})

const withoutMeasures = (block: string) =>
  block
    .replace(/ +\d+\.\d s/g, ' <time>')
    .replace(/localhost:\d+/g, 'localhost:<port>')
    .replace(/[ \t]+$/gm, '')
