import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { mappingText } from './icecat-content.ts'

/** Calls end after so long; unit ms. */
const timeoutMs = 1500

const icecatFile = 'chaos.icecat.yaml'

export interface Addresses {
  akeneo: string
  icecat: string
  receiver: string
}

/** A connection's configuration and its mapping file, as an operator has them. */
export async function writeConfiguration(
  folder: string,
  { connection, prepare, urls }: { connection: string; prepare: boolean; urls: Addresses },
): Promise<void> {
  const config = {
    version: 1,
    temporal: { taskQueue: connection },
    database: { prepare },
    connections: [
      {
        name: connection,
        akeneo: {
          url: urls.akeneo,
          clientId: '${AKENEO_CLIENT_ID}',
          clientSecret: '${AKENEO_CLIENT_SECRET}',
          username: '${AKENEO_USERNAME}',
          password: '${AKENEO_PASSWORD}',
          timeoutMs,
          retry: { initialIntervalMs: 500, maximumIntervalMs: 1000 },
        },
        icecat: {
          url: urls.icecat,
          username: 'chaos-shop',
          password: '${ICECAT_PASSWORD}',
          apiToken: '${ICECAT_API_TOKEN}',
          appKey: '${ICECAT_APP_KEY}',
          subscription: 'full',
          mapping: icecatFile,
          timeoutMs,
          throttle: { concurrency: 2, perSecond: 1000 },
          // The play says when: a trial of the protocol's other rules wants nothing else under way.
          afterPolls: false,
        },
        destinations: [
          { name: 'webshop', url: urls.receiver, secret: '${DELIVERY_SECRET}', batchSize: 20, timeoutMs },
        ],
      },
    ],
  }
  await Promise.all([
    writeFile(join(folder, 'pimflow.config.yaml'), stringify(config)),
    writeFile(join(folder, icecatFile), mappingText),
  ])
}
