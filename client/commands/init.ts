import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { type Config, connectionConfig, connectionOf, loadConfig } from '../../config.ts'
import { checkConnection } from '../../connectors/akeneo/check.ts'
import { soloAkeneo } from '../../connectors/akeneo/solo.ts'
import { RefusedError } from '../../connectors/errors.ts'
import { generateTokenKey } from '../../connectors/hub/tokens.ts'
import type { CheckLine } from '../../domain/check-report.ts'
import { checkExitCode, checkTemporal, checkText, type Checked } from '../support/check-all.ts'
import { configText, secretNames, tokenKeyName, withVariables } from '../support/config-file.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes, worst } from '../support/exit-codes.ts'
import { counted } from '../support/format.ts'
import { runningDatabase } from '../support/local-services.ts'
import { previewText } from '../support/mapping-texts.ts'
import { collectConnection, type NewConnection } from '../support/new-connection.ts'
import { nextSteps, offerSchedules, schedulesText } from '../support/offer-schedules.ts'
import { configPath, nonEmpty } from '../support/project.ts'
import { askPerson, type Questions } from '../support/questions.ts'
import { type Proposal, proposeFromSample } from '../support/sample-catalogue.ts'
import { temporalPlace, type TemporalPlace } from '../support/temporal.ts'
import type { Terminal } from '../support/terminal.ts'
import { addVerb, type Answer, answering, type CommonOptions, type Session } from '../support/verb.ts'

interface InitFlags extends Partial<Omit<NewConnection, 'name'>> {
  writeEnv?: boolean
  applySchedules?: boolean
  force?: boolean
}

export function registerInit(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'init',
    summary:
      'ask six questions, test each answer, write the configuration, check it, propose a mapping, show ten products and offer to apply the schedules; changes nothing in Akeneo',
    examples: [
      'pimflow init',
      'AKENEO_CLIENT_SECRET=… AKENEO_PASSWORD=… pimflow init --connection acme --url https://acme.cloud.akeneo.com \\\n' +
        '    --client-id 1_abc --username acme_1234 --write-env --apply-schedules',
    ],
  })
    .option('--url <url>', 'address of Akeneo')
    .option('--client-id <id>', `default: $${secretNames.clientId}`)
    .option(
      '--client-secret <secret>',
      `better left to $${secretNames.clientSecret}: others see a command line`,
    )
    .option('--username <name>', `default: $${secretNames.username}`)
    .option('--password <password>', `better left to $${secretNames.password}`)
    .option('--write-env', 'write the secrets into .env, readable by you only, without asking')
    .option('--apply-schedules', 'apply the schedules without asking')
    .option('--force', 'replace a configuration that is there')
    .action(
      answering<InitFlags>(session, ({ terminal, options }) =>
        terminal.interruptible((signal) => init(terminal, options, signal)),
      ),
    )
}

const envFile = '.env'

async function init(
  terminal: Terminal,
  options: InitFlags & CommonOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const file = configPath(options, terminal)
  if (options.force !== true && (await exists(file))) {
    throw new UsageError(
      `${file} is there already: add the connection to it by hand, or replace it with --force`,
    )
  }
  const ask = terminal.interactive && options.json !== true ? await askPerson() : null
  const connection = await collectConnection(givenBy(options, terminal.env), ask, signal)

  const tokenKey = nonEmpty(terminal.env[tokenKeyName]) ?? generateTokenKey().reveal()
  const variables = { ...secretsOf(connection), [tokenKeyName]: tokenKey }
  const proposal = await propose(connection, signal)
  const keepsSecrets = await agrees(options, ask)
  const mappingFile = proposal && (await writeMapping(file, connection.name, proposal.mapping))
  await writeFile(
    file,
    configText(connection, proposal && mappingFile ? { name: proposal.output, mapping: mappingFile } : null),
  )
  if (keepsSecrets) await writeSecrets(variables)

  const database = nonEmpty(terminal.env['DATABASE_URL']) ?? (await runningDatabase())
  const config = await written(file, variables, database, terminal)
  const place = await temporalPlace(config, terminal)
  const checked = await check(config, connection.name, database !== undefined, place, signal)
  const { exitCode: scheduled, ...schedules } = await offerSchedules({
    config,
    connection: connectionOf(config, connection.name),
    place,
    checked,
    hasDatabase: database !== undefined,
    agreed: options.applySchedules === true,
    ask,
  })
  return {
    value: {
      file,
      mapping: mappingFile,
      secrets: keepsSecrets ? envFile : null,
      check: checked,
      previews: proposal?.previews ?? [],
      schedules,
    },
    text: [
      `Written: ${file}${keepsSecrets ? `, and the secrets to ${envFile}: keep it out of version control` : ''}`,
      ...(keepsSecrets ? [] : [`Set these before you go on: ${Object.keys(variables).join(', ')}`]),
      '',
      checkText(checked, terminal),
      '',
      ...(proposal && mappingFile ? proposalText(proposal, mappingFile) : [noProposal, '']),
      schedulesText(schedules),
      '',
      nextSteps(schedules, terminal),
    ].join('\n'),
    // What is missing on this machine is what comes next: it does not make the configuration wrong.
    exitCode: worst([
      checkExitCode({ ...checked, temporal: [] }) === exitCodes.done ? exitCodes.done : exitCodes.failed,
      scheduled,
    ]),
  }
}

/** Null when this user may not read what a mapping is made from: the check says which right it lacks. */
async function propose(connection: NewConnection, signal: AbortSignal): Promise<Proposal | null> {
  const { name, ...akeneo } = connection
  try {
    return await proposeFromSample(soloAkeneo(connectionConfig({ name, akeneo })), signal)
  } catch (error) {
    if (error instanceof RefusedError) return null
    throw error
  }
}

/** Beside the configuration, and named there by where it lies; a file that is there already is somebody's, and stays. */
async function writeMapping(configFile: string, connection: string, text: string): Promise<string> {
  const name = `mapping/${connection}.hub.yaml`
  const path = join(dirname(configFile), name)
  await mkdir(dirname(path), { recursive: true })
  if (!(await exists(path))) await writeFile(path, text)
  return name
}

const noProposal =
  'No mapping was proposed: this user may not read products and attributes yet. Without one all attributes go through.'

const proposalText = ({ previews }: Proposal, file: string): string[] => [
  `Proposed: ${file}, each line with its reason. ${counted(previews.length, 'product')} as Akeneo has and as the hub would get them:`,
  '',
  ...previews.flatMap(({ name, preview }) => [previewText(name, preview), '']),
]

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )

function givenBy(
  { connection, url, clientId, clientSecret, username, password }: InitFlags & CommonOptions,
  env: Terminal['env'],
): Partial<NewConnection> {
  const given = {
    name: connection,
    url,
    clientId: clientId ?? env[secretNames.clientId],
    clientSecret: clientSecret ?? env[secretNames.clientSecret],
    username: username ?? env[secretNames.username],
    password: password ?? env[secretNames.password],
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => nonEmpty(value) !== undefined))
}

const secretsOf = (connection: NewConnection): Record<string, string> =>
  Object.fromEntries(
    (Object.keys(secretNames) as (keyof typeof secretNames)[]).map((setting) => [
      secretNames[setting],
      connection[setting],
    ]),
  )

const agrees = async ({ writeEnv = false }: InitFlags, ask: Questions | null): Promise<boolean> =>
  writeEnv ||
  (ask !== null &&
    (await ask.confirm(`Keep the secrets in ${envFile}, readable by you only? (No: you set them yourself)`)))

async function writeSecrets(variables: Record<string, string>): Promise<void> {
  const before = await readFile(envFile, 'utf8').catch(() => '')
  await writeFile(envFile, withVariables(before, variables), { mode: 0o600 })
  // The mode above holds for a new file only.
  await chmod(envFile, 0o600)
}

/** Reads the file that was just written, as every later command will; a database is not needed yet. */
const written = (
  file: string,
  variables: Record<string, string>,
  database: string | undefined,
  { env }: Terminal,
): Promise<Config> =>
  loadConfig(file, { ...env, ...variables, DATABASE_URL: database ?? 'postgres://localhost/not-yet' })

async function check(
  config: Config,
  name: string,
  hasDatabase: boolean,
  place: TemporalPlace,
  signal: AbortSignal,
): Promise<Checked> {
  const connection = connectionOf(config, name)
  const report = await checkConnection({
    connection,
    akeneo: soloAkeneo(connection),
    database: databaseLine(hasDatabase),
    signal,
  })
  return { temporal: await checkTemporal(place), connections: [report] }
}

const databaseLine = (named: boolean): CheckLine =>
  named
    ? { name: 'database', status: 'ok', text: 'A database is named; `pimflow check` looks at it' }
    : {
        name: 'database',
        status: 'warning',
        text: 'There is no database yet',
        remedy: 'On this machine: pimflow up. Elsewhere: set DATABASE_URL.',
      }
