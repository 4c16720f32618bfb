import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { stringify } from 'yaml'
import type { Config } from '../../config.ts'

/**
 * A configuration of the demo for the other commands, while it is kept running: secrets lie in files beside it that only this user
 * may read, and the configuration names them. Returns its path; `remove` takes all of it away.
 */
export async function writeKeptConfig(
  config: Config,
  dataDir: string,
  temporalAddress: string,
): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = join(dataDir, 'demo')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const secret = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    return `\${file:${name}}`
  }
  const path = join(folder, 'pimflow.config.yaml')
  const connections = []
  for (const { name, akeneo, icecat, outputs } of config.connections) {
    connections.push({
      name,
      ...(outputs === undefined
        ? {}
        : {
            outputs: outputs.map(({ mapping, ...output }) =>
              mapping === undefined ? output : { ...output, mapping: resolve(mapping) },
            ),
          }),
      ...(icecat === undefined
        ? {}
        : {
            icecat: {
              url: icecat.url,
              username: icecat.username,
              subscription: icecat.subscription,
              mapping: resolve(icecat.mapping),
              apiToken: await secret('icecat-api-token', icecat.apiToken?.reveal() ?? ''),
              appKey: await secret('icecat-app-key', icecat.appKey?.reveal() ?? ''),
              contentToken: await secret('icecat-content-token', icecat.contentToken?.reveal() ?? ''),
            },
          }),
      akeneo: {
        url: akeneo.url,
        clientId: await secret('client-id', akeneo.clientId.reveal()),
        clientSecret: await secret('client-secret', akeneo.clientSecret.reveal()),
        username: await secret('username', akeneo.username.reveal()),
        password: await secret('password', akeneo.password.reveal()),
      },
    })
  }
  await writeFile(
    path,
    stringify({
      version: 1,
      tokenKeys: [await secret('token-key', config.tokenKeys[0]?.reveal() ?? '')],
      temporal: { taskQueue: config.temporal.taskQueue, address: temporalAddress },
      database: { url: await secret('database-url', config.database.url) },
      connections,
    }),
  )
  return { path: relative('.', path), remove: () => rm(folder, { recursive: true, force: true }) }
}
