import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../connectors/hub/database.ts'
import { migrate } from '../../connectors/hub/migrate.ts'
import { startServers } from './servers.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
    templateDatabase: string
    temporalAddress: string
    temporalUiUrl: string
    workflowBundleCode: string
  }
}

const templateDatabase = 'pimflow_template'

/** The real servers that the tests share: each test has a database and task queue of its own on them. */
export default async function setup(project: TestProject) {
  const { databaseUrl, temporalAddress, temporalUiUrl, workflowBundleCode, stop } = await startServers()
  const admin = openDatabase(databaseUrl, { max: 1 })
  await admin.unsafe(`drop database if exists ${templateDatabase}`)
  await admin.unsafe(`create database ${templateDatabase}`)
  await admin.end()
  const url = new URL(databaseUrl)
  url.pathname = `/${templateDatabase}`
  const template = openDatabase(url.href, { max: 1 })
  await migrate(template)
  await template.end()

  project.provide('databaseUrl', databaseUrl)
  project.provide('templateDatabase', templateDatabase)
  project.provide('temporalAddress', temporalAddress)
  project.provide('temporalUiUrl', temporalUiUrl)
  project.provide('workflowBundleCode', workflowBundleCode)
  return stop
}
