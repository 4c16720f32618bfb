import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config, ConnectionConfig } from '../../config.ts'
import { createAkeneoClient } from '../../connectors/akeneo/client.ts'
import { runWriteTests, type WriteTestReport } from '../../connectors/akeneo/write-tests.ts'
import { createLanes } from '../../connectors/hub/lanes.ts'
import { createTokenStore } from '../../connectors/hub/tokens.ts'
import { linesText } from './check-all.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { withHub } from './hub.ts'
import type { Terminal } from './terminal.ts'

/** One white pixel: what Akeneo takes for a picture. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

/** Runs the battery of writes through the connection's own lanes and tokens. */
export async function testWrites(
  config: Config,
  connection: ConnectionConfig,
  product: string,
  signal: AbortSignal,
): Promise<WriteTestReport> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-check-'))
  try {
    const path = join(folder, 'pimflow-test.png')
    await writeFile(path, pixel)
    const picture = { path, name: 'pimflow-test.png', contentType: 'image/png', size: pixel.length }
    return await withHub(config, (sql) => {
      const akeneo = createAkeneoClient({
        connection,
        lanes: createLanes(sql),
        tokens: createTokenStore(sql, config.tokenKeys),
      })
      return runWriteTests({ connection, akeneo, product, picture, signal })
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const writeTestsExitCode = ({ lines, isRestored }: WriteTestReport): ExitCode =>
  isRestored && lines.every(({ status }) => status !== 'failed') ? exitCodes.done : exitCodes.failed

export const writeTestsText = (
  { product, lines, stays }: WriteTestReport,
  terminal: Pick<Terminal, 'colours'>,
): string =>
  [
    linesText(`Writes into ${product}`, lines, terminal),
    ...(stays.length > 0 ? ['What stays:', ...stays.map((one) => `  ${one}`)] : []),
  ].join('\n')
