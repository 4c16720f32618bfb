import { createServer } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { freePort, loopback } from '../../local/ports.ts'
import { ensurePostgres } from '../../local/postgres.ts'
import { accepts, emptyDataDir, portOf, withoutServicesInEnvironment } from './helpers.ts'

vi.mock('../../local/ports.ts', { spy: true })

it.each([{ ephemeral: true }, { ephemeral: false }])(
  'a port that another process takes between the look and the start is left to it ($ephemeral)',
  { timeout: 60_000 },
  async ({ ephemeral }) => {
    withoutServicesInEnvironment()
    onTestFinished(() => void vi.unstubAllEnvs())
    const taken = await freePort()
    const other = createServer().listen(taken, loopback)
    onTestFinished(() => void other.close())
    vi.mocked(freePort).mockResolvedValueOnce(taken)
    const server = await ensurePostgres({ dataDir: await emptyDataDir(), ephemeral })
    onTestFinished(() => server.stop())
    expect(portOf(server.url)).not.toBe(taken)
    expect(await accepts(loopback, portOf(server.url))).toBe(true)
  },
)
