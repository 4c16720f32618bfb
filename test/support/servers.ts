import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { searchAttributes } from '../../contracts/names.ts'
import { ensurePostgres } from '../../local/postgres.ts'
import { ensureTemporal } from '../../local/temporal.ts'
import { bundleWorkflows } from '../../workers/workflow-bundle.ts'

export interface Servers {
  databaseUrl: string
  temporalAddress: string
  /** Of its web pages; empty where the server that the environment names shows them elsewhere. */
  temporalUiUrl: string
  workflowBundleCode: string
  stop: () => Promise<void>
}

/** A PostgreSQL and, where wanted, a Temporal server of this run's own, with the workflows as workers load them. */
export async function startServers({ temporal: wanted = true } = {}): Promise<Servers> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pimflow-test-'))
  const onProgress = (text: string) => process.stderr.write(`${text}\n`)
  const [postgres, temporal, bundle] = await Promise.all([
    ensurePostgres({ dataDir, ephemeral: true, onProgress }),
    wanted
      ? ensureTemporal({
          dataDir,
          onProgress,
          searchAttributes: {
            [searchAttributes.connection]: 'Keyword',
            [searchAttributes.process]: 'Keyword',
            [searchAttributes.outcome]: 'Keyword',
            [searchAttributes.rejected]: 'Int',
          },
        })
      : null,
    wanted ? bundleWorkflows() : null,
  ])
  return {
    databaseUrl: postgres.url,
    temporalAddress: temporal?.address ?? '',
    temporalUiUrl: temporal?.uiUrl ?? '',
    workflowBundleCode: bundle?.code ?? '',
    stop: async () => {
      await Promise.allSettled([temporal?.stop(), postgres.stop()])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
