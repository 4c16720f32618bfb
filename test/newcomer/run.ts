import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findTemporalProgram } from '../../local/temporal-program.ts'
import { projectRoot } from '../packaging/files.ts'
import { openShell, type Shell } from './shell.ts'

/*
 * A newcomer with nothing but a clone and its documentation: the first two commands of README, then docs/first-sync.md, line by line as they
 * stand there, on a simulator instead of an Akeneo. Ends well when one product has been synced, in less than ten minutes:
 *
 *   npm run test:newcomer -- --json newcomer.json
 */

/** From `git clone` to the product; the program of the Temporal server, which a machine fetches once, is there before. Unit s. */
const limitSeconds = 600

/** A product of the catalogue that the documentation shows. */
const sku = 'NL-DL7-W'

const { values } = parseArgs({ options: { json: { type: 'string' } } })

const lines: { line: string; seconds: number }[] = []
async function timed<T>(line: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await work()
  const seconds = Math.round((performance.now() - began) / 100) / 10
  lines.push({ line, seconds })
  console.log(`${seconds.toFixed(1).padStart(7)} s  ${line}`)
  return result
}

/** What stands in a text as a command, in its order. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:npm|npx) [^`]+)`/g)].map(([, command = '']) => command)

async function follow(folder: string, shell: Shell): Promise<void> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8')
  const [, demo = ''] = /^ {4}(npm ci && npm run demo)\b/m.exec(readme) ?? []
  if (demo === '') throw new Error('README does not begin with `npm ci && npm run demo`')
  await timed(demo, () => shell.run(demo))

  const commands = commandsIn(await readFile(join(folder, 'docs/first-sync.md'), 'utf8'))
  // Said last there, because it is for those who have no Akeneo at hand: then it is where they begin.
  const rehearsal = commands.find((command) => command.startsWith('npx pimflow simulate akeneo'))
  if (rehearsal === undefined) throw new Error('docs/first-sync.md does not say how to rehearse')
  const akeneo = credentialsIn(await timed(rehearsal, () => shell.start(rehearsal, /control /)))
  for (const command of commands.filter((one) => one !== rehearsal && one !== 'npm ci')) {
    const line = command.replace('<sku>', sku)
    await timed(line, () => play(shell, line, akeneo))
  }
}

interface Akeneo {
  url: string
  clientId: string
  clientSecret: string
  username: string
  password: string
}

function credentialsIn(printed: string): Akeneo {
  const after = (words: string) => new RegExp(`${words}\\s+(\\S+)`).exec(printed)?.[1] ?? ''
  return {
    url: after('Akeneo simulator on'),
    clientId: after('client id'),
    clientSecret: after('client secret'),
    username: after('username'),
    password: after('password'),
  }
}

async function play(shell: Shell, line: string, akeneo: Akeneo): Promise<string> {
  if (line === 'npx pimflow worker') return shell.start(line, /takes work from the queue/)
  if (line === 'npx pimflow init') {
    // A person answers six questions and agrees twice; here flags do (docs/command-line.md).
    const { url, clientId, username, clientSecret, password } = akeneo
    const flags = `--connection acme --url ${url} --client-id ${clientId} --username ${username} --write-env`
    return shell.run(`${line} ${flags}`, {
      AKENEO_CLIENT_SECRET: clientSecret,
      AKENEO_PASSWORD: password,
    })
  }
  const printed = await shell.run(line)
  if (line === `npx pimflow explain ${sku}` && !printed.includes('(product): active in ')) {
    throw new Error(`${sku} is not in the hub:\n${printed}`)
  }
  return printed
}

await findTemporalProgram({ onProgress: (text) => console.log(text) })
const folder = await mkdtemp(join(tmpdir(), 'pimflow-newcomer-'))
const shell = openShell(folder)
const began = performance.now()
let seconds: number
try {
  await timed('git clone', () => shell.run(`git clone --quiet --depth 1 file://${projectRoot} .`))
  await follow(folder, shell)
  seconds = Math.round((performance.now() - began) / 1000)
} finally {
  await shell.close()
  await shell.run('npx pimflow down').catch((error: unknown) => console.error(error))
  await rm(folder, { recursive: true, force: true })
}
const isInTime = seconds < limitSeconds
console.log(
  `${String(seconds).padStart(5)}   s  ${sku} is synced; ${isInTime ? 'less' : 'more'} than ${limitSeconds} s`,
)
if (values.json !== undefined) {
  await writeFile(
    values.json,
    `${JSON.stringify({ at: new Date().toISOString(), seconds, lines }, null, 2)}\n`,
  )
}
process.exitCode = isInTime ? 0 : 1
