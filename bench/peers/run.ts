import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectDataDir } from '../../local/paths.ts'
import { startServices } from '../../local/services.ts'
import { shapeOf, type ShapeName } from '../../simulator/akeneo/shapes/shape.ts'
import { round } from '../support/machine.ts'
import { type SimulatedAkeneo, simulateAkeneo, simulatorCredentials } from '../support/simulator.ts'
import { ownDatabase } from '../support/stage.ts'
import { installPeers, type PeerName, peersFolder, peerVersions, pythonOf } from './install.ts'

export interface PeerNumbers {
  name: PeerName
  version: string
  products: number
  /** As its documentation says: each of them follows one cursor, so this is its rate with one call at a time. */
  productsPerSecond: number
  oneCallPerSecond: number
  /** Where its caller makes four slices and reads them at once; null where the client cannot. */
  fourCallsPerSecond: number | null
  cpuMsPerProduct: number
}

interface Measured {
  products: number
  seconds: number
  cpuSeconds: number
}

/** The other clients, one after the other, on the simulator with the same settings; each writes into a database of its own. */
export async function runPeers({
  shape,
  products,
  latencyMs,
  onProgress,
}: {
  shape: string
  products: number
  latencyMs: number
  onProgress: (text: string) => void
}): Promise<PeerNumbers[]> {
  await installPeers(onProgress)
  const services = await startServices({ dataDir: projectDataDir(), onProgress })
  try {
    const akeneo = await simulateAkeneo({ shape, products })
    try {
      await akeneo.setPageTime(latencyMs)
      const measure = async (peer: PeerName, env: Record<string, string> = {}) => {
        onProgress(`${peer}${env['PEER_CALLS'] === undefined ? '' : `, ${env['PEER_CALLS']} calls`}`)
        const measured = await runPeer(peer, akeneo, services.postgres.url, env)
        if (measured.products === products) return measured
        throw new Error(`${peer} read ${measured.products} of ${products} products`)
      }
      const families = String(shapeOf(shape as ShapeName).families)
      const numbers: PeerNumbers[] = []
      for (const name of ['airbyte-cdk', 'pyakeneo'] as const) {
        numbers.push(numbersOf(name, await measure(name), null))
      }
      const one = await measure('node-akeneo-api')
      const four = await measure('node-akeneo-api', { PEER_CALLS: '4', PEER_FAMILIES: families })
      return [...numbers, numbersOf('node-akeneo-api', one, four)]
    } finally {
      await akeneo.stop()
    }
  } finally {
    await services.stop()
  }
}

const perSecond = ({ products, seconds }: Measured) => round(products / seconds, 1)

const numbersOf = (name: PeerName, one: Measured, four: Measured | null): PeerNumbers => ({
  name,
  version: peerVersions[name],
  products: one.products,
  productsPerSecond: perSecond(one),
  oneCallPerSecond: perSecond(one),
  fourCallsPerSecond: four === null ? null : perSecond(four),
  cpuMsPerProduct: round((one.cpuSeconds * 1000) / one.products, 3),
})

const scripts: Record<PeerName, string> = {
  'airbyte-cdk': 'airbyte.py',
  pyakeneo: 'pyakeneo.py',
  'node-akeneo-api': 'node-akeneo-api.js',
}

/** The last line that a peer's script prints is what it measured; it times itself, so that its start does not count. */
async function runPeer(
  peer: PeerName,
  akeneo: SimulatedAkeneo,
  serverUrl: string,
  env: Record<string, string>,
): Promise<Measured> {
  const database = await ownDatabase(serverUrl)
  try {
    // Beside what is installed, where its language looks. Python puts a script's folder first, so the script has another name.
    const script = scripts[peer].replace('.py', '_peer.py').replace('.js', '.mjs')
    await copyFile(join(import.meta.dirname, scripts[peer]), join(peersFolder, script))
    const program = peer === 'node-akeneo-api' ? process.execPath : pythonOf(peer)
    const { clientId, clientSecret, username, password } = simulatorCredentials
    const { stdout } = await promisify(execFile)(program, [script], {
      cwd: peersFolder,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...process.env,
        AKENEO_BASE_URL: akeneo.url,
        AKENEO_CLIENT_ID: clientId,
        AKENEO_SECRET: clientSecret,
        AKENEO_USERNAME: username,
        AKENEO_PASSWORD: password,
        AKENEO_EXPORT_PATH: peersFolder,
        AKENEO_PROMISE_LIMIT: '4',
        LOG_LEVEL: 'fatal',
        DATABASE_URL: database.url,
        ...env,
      },
    })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured
  } finally {
    await database.drop()
  }
}
