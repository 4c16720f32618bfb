/*
 * Runs real third-party clients, unchanged, against the simulator: `npx tsx test/simulator/contract/run.ts`.
 * Clients are installed into a temporary folder from npm and PyPI. Ends with "N passed, N failed".
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAkeneo } from '../../../simulator/akeneo/index.ts'
import { INVENTED } from '../api.ts'

const NODE_CLIENT = 'node-akeneo-api@1.6.19'
const PYTHON_CLIENTS = ['pyakeneo==1.1.0']

const here = import.meta.dirname
const folder = mkdtempSync(join(tmpdir(), 'pimflow-contract-'))
let passed = 0
let failed = 0

function install(): void {
  execFileSync(
    'npm',
    ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', NODE_CLIENT],
    {
      stdio: 'ignore',
    },
  )
  execFileSync('python3', ['-m', 'venv', join(folder, 'venv')])
  execFileSync(join(folder, 'venv/bin/pip'), ['install', '--quiet', ...PYTHON_CLIENTS])
}

async function drive(program: string, script: string): Promise<void> {
  const simulator = await startAkeneo({ catalog: INVENTED })
  try {
    // Outside a package of type module, only the longer ending says what the file is.
    const copy = join(folder, script.replace(/\.js$/, '.mjs'))
    cpSync(join(here, script), copy)
    const { clientId, clientSecret, username, password } = simulator.credentials
    const child = spawn(program, [copy], {
      cwd: folder,
      env: {
        ...process.env,
        AKENEO_BASE_URL: simulator.url,
        AKENEO_CLIENT_ID: clientId,
        AKENEO_SECRET: clientSecret,
        AKENEO_USERNAME: username,
        AKENEO_PASSWORD: password,
        AKENEO_EXPORT_PATH: folder,
        // Small enough that 240 products and 34 models take several pages.
        AKENEO_PATCH_LIMIT: '10',
        LOG_LEVEL: 'fatal',
      },
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    // One of the clients logs a JSON line per call whatever its level is set to.
    process.stdout.write(output.replace(/^\{.*\}\n/gm, ''))
    passed += output.match(/^ok /gm)?.length ?? 0
    failed += (output.match(/^FAIL /gm)?.length ?? 0) + (code === 0 || output.includes('FAIL ') ? 0 : 1)
  } finally {
    await simulator.close()
  }
}

try {
  install()
  await drive('node', 'node-akeneo-api-client.js')
  await drive(join(folder, 'venv/bin/python'), 'pyakeneo-client.py')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
