/*
 * Runs real third-party clients, unchanged, against the simulator: `npx tsx test/simulator/contract/run.ts`.
 * Clients are installed from npm and PyPI into a folder that git ignores, and kept there for the next run.
 * Ends with "N passed, N failed"; without the registries there is nothing to run, which it says.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startAkeneo, type AkeneoOptions } from '../../../simulator/akeneo/index.ts'
import { INVENTED } from '../api.ts'

const NODE_CLIENT = 'node-akeneo-api@1.6.19'
/** Each in an environment of its own: they do not agree on the versions of what they use. */
const PYTHON_CLIENTS = { pyakeneo: 'pyakeneo==1.1.0', airbyte: 'airbyte-cdk==7.39.1' }

const here = import.meta.dirname
const folder = join(here, '../../../out/contract-clients')
let passed = 0
let failed = 0

const python = (client: keyof typeof PYTHON_CLIENTS) => join(folder, client, 'bin/python')

/** Done once per version: a marker is written when an installation is whole. */
function once(wanted: string, commands: [program: string, args: string[]][]): void {
  const marker = join(folder, `${wanted}.installed`)
  if (existsSync(marker)) return
  for (const [program, args] of commands) execFileSync(program, args, { stdio: 'pipe', timeout: INSTALL_MS })
  writeFileSync(marker, '')
}

/** A busy machine takes minutes for `airbyte-cdk`; who cannot reach a registry is told so long before. */
const INSTALL_MS = 600_000

function install(): void {
  mkdirSync(folder, { recursive: true })
  const npm = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', NODE_CLIENT]
  once(NODE_CLIENT, [['npm', [...npm, '--fetch-retries', '1', '--loglevel', 'error']]])
  for (const [name, wanted] of Object.entries(PYTHON_CLIENTS)) {
    once(wanted, [
      ['python3', ['-m', 'venv', join(folder, name)]],
      [join(folder, name, 'bin/pip'), ['install', '--quiet', '--retries', '1', wanted]],
    ])
  }
}

const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|NewConnectionError|ConnectTimeout|ReadTimeout|No matching distribution|Name or service not known/

/** What was said when a registry could not be asked; undefined for anything else that went wrong. */
function unreachable(error: unknown): string | undefined {
  // The error's own code is left aside: ETIMEDOUT there is our limit for the installation, not the registry's silence.
  const { stderr } = error as { stderr?: Buffer }
  return (stderr?.toString() ?? '').split('\n').find((line) => UNREACHABLE.test(line))
}

async function drive(
  program: string,
  script: string,
  options: AkeneoOptions = { catalog: INVENTED },
): Promise<void> {
  const simulator = await startAkeneo(options)
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
} catch (error) {
  const why = unreachable(error)
  if (why === undefined) throw error
  process.stdout.write(`skipped: a package registry cannot be reached (${why.trim()})\n0 passed, 0 failed\n`)
  process.exit(0)
}
await drive('node', 'node-akeneo-api-client.js')
await drive(python('pyakeneo'), 'pyakeneo-client.py')
await drive(python('airbyte'), 'airbyte-cdk-client.py', { shape: 'medium' })
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
