import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../connectors/hub/database.ts'
import { migrate } from '../../connectors/hub/migrate.ts'
import { searchAttributes } from '../../contracts/names.ts'
import { ensurePostgres } from '../../local/postgres.ts'
import { ensureTemporal } from '../../local/temporal.ts'
import { bundleWorkflows } from '../../workers/workflow-bundle.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
    templateDatabase: string
    temporalAddress: string
    workflowBundleCode: string
  }
}

const templateDatabase = 'pimflow_template'

/** The real servers that the tests share: each test has a database and task queue of its own on them. */
export default async function setup(project: TestProject) {
  const dataDir = await mkdtemp(join(tmpdir(), 'pimflow-test-'))
  const onProgress = (text: string) => process.stderr.write(`${text}\n`)
  const [postgres, temporal, bundle] = await Promise.all([
    ensurePostgres({ dataDir, ephemeral: true, onProgress }),
    ensureTemporal({
      dataDir,
      onProgress,
      searchAttributes: {
        [searchAttributes.connection]: 'Keyword',
        [searchAttributes.process]: 'Keyword',
        [searchAttributes.outcome]: 'Keyword',
        [searchAttributes.rejected]: 'Int',
      },
    }),
    bundleWorkflows(),
  ])
  const admin = openDatabase(postgres.url, { max: 1 })
  await admin.unsafe(`drop database if exists ${templateDatabase}`)
  await admin.unsafe(`create database ${templateDatabase}`)
  await admin.end()
  const url = new URL(postgres.url)
  url.pathname = `/${templateDatabase}`
  const template = openDatabase(url.href, { max: 1 })
  await migrate(template)
  await template.end()

  project.provide('databaseUrl', postgres.url)
  project.provide('templateDatabase', templateDatabase)
  project.provide('temporalAddress', temporal.address)
  project.provide('workflowBundleCode', bundle.code)
  return async () => {
    await Promise.allSettled([temporal.stop(), postgres.stop()])
    await rm(dataDir, { recursive: true, force: true })
  }
}
