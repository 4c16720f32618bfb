import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { connectionConfig, loadMappings } from '../../config.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { project, type TestProject } from '../client/harness.ts'
import { createWorkersFor, openPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts'

/** One connection whose workers and terminal begin anew with another configuration, as often as a test asks. Ends with the test. */
export interface Restarting {
  pipeline: Pipeline
  /** The terminal beside the workers that run now. */
  at: () => TestProject
  /** Ends the workers and starts them with these sections of the connection, and with these files beside the configuration. */
  restart: (sections: object, files?: Record<string, string>) => Promise<void>
}

export async function restarting({ akeneo }: Pick<PipelineOptions, 'akeneo'> = {}): Promise<Restarting> {
  const pipeline = await openPipeline({ worker: false, ...(akeneo === undefined ? {} : { akeneo }) })
  const { connection, taskQueue, database, config } = pipeline
  const place = { url: pipeline.akeneo.url, ...pipeline.akeneo.credentials }
  let now: { at: TestProject; stop: () => Promise<void> } | null = null
  const end = async () => {
    await now?.stop()
    now = null
  }
  onTestFinished(async () => {
    await end()
    await pipeline.close()
  })
  return {
    pipeline,
    at: () => {
      if (now === null) throw new Error('No workers were started')
      return now.at
    },
    async restart(sections, files = {}) {
      await end()
      const at = await project({
        connections: [connection],
        taskQueue,
        databaseUrl: database.url,
        akeneo: place,
        sections,
      })
      for (const [name, text] of Object.entries(files)) {
        const path = join(dirname(at.config), name)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, text)
      }
      const own = {
        ...config,
        connections: [connectionConfig({ name: connection, akeneo: place, ...sections })],
      }
      const deps = await openDependencies(own, await loadMappings(own, at.config))
      const stopWorkers = await createWorkersFor(pipeline, deps)
      const stop = async () => {
        await stopWorkers()
        await deps.close()
        await at.remove()
      }
      now = { at, stop }
    },
  }
}
