import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Ignored by git; kept for the next run. */
export const peersFolder = join(import.meta.dirname, '../../out/peers')

/** What runs beside us, at the versions that were compared; each writes to PostgreSQL with its language's usual driver. */
export const peerVersions = {
  'airbyte-cdk': '7.39.1',
  pyakeneo: '1.1.0',
  'node-akeneo-api': '1.6.19',
} as const
export type PeerName = keyof typeof peerVersions

const pythonDriver = 'psycopg2-binary==2.9.13'
const nodeDriver = 'postgres@3.4.9'

export const pythonOf = (peer: PeerName): string => join(peersFolder, peer, 'bin/python')

/** Installs what is missing, each Python client in an environment of its own: they do not agree on what they use. */
export async function installPeers(onProgress: (text: string) => void): Promise<void> {
  await mkdir(peersFolder, { recursive: true })
  for (const peer of ['airbyte-cdk', 'pyakeneo'] as const) {
    await once(`${peer} ${peerVersions[peer]}`, onProgress, async () => {
      await run('python3', ['-m', 'venv', join(peersFolder, peer)])
      await run(pythonOf(peer), [
        ...['-m', 'pip', 'install', '--quiet', `${peer}==${peerVersions[peer]}`, pythonDriver],
      ])
    })
  }
  const client = `node-akeneo-api@${peerVersions['node-akeneo-api']}`
  await once(client, onProgress, async () => {
    await run('npm', [
      ...['install', '--prefix', peersFolder, '--no-audit', '--no-fund', '--ignore-scripts'],
      ...[client, nodeDriver],
    ])
  })
}

/** A marker is written when an installation is whole. */
async function once(
  wanted: string,
  onProgress: (text: string) => void,
  install: () => Promise<void>,
): Promise<void> {
  const marker = join(peersFolder, `${wanted}.installed`)
  if (existsSync(marker)) return
  onProgress(`installing ${wanted} into out/peers`)
  await install()
  await writeFile(marker, '')
}
