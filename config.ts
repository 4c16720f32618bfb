import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { z } from 'zod'
import { Config, ConnectionConfig } from './config/schema.ts'
import { readYaml, type YamlFile } from './config/lines.ts'
import {
  type EnrichmentMapping,
  icecatMappingFile,
  type OutputMapping,
  readIcecatMappings,
  readMappings,
} from './config/mappings.ts'
import { overlay } from './config/overlay.ts'
import { type Environment, type Path, type PathProblem, resolveReferences } from './config/references.ts'
import { RefusedError } from './connectors/errors.ts'
import { Secret } from './domain/secret.ts'

export { Config, ConnectionConfig, icecatMappingFile }
export type { EnrichmentMapping, OutputMapping }

export interface ConfigProblem {
  file: string
  /** From 1; null when there is no such line, as for a file that is not there. */
  line: number | null
  /** Such as `connections[0].akeneo.url`; empty for the file as a whole. */
  path: string
  message: string
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'configuration'
  readonly problems: ConfigProblem[]

  constructor(problems: ConfigProblem[]) {
    const [first] = problems
    const head =
      problems.length === 1
        ? `${first?.file ?? 'The configuration'} has a problem`
        : `${first?.file ?? 'The configuration'} has ${problems.length} problems`
    super([head, ...problems.map(problemLine)].join('\n  '))
    this.problems = problems
  }
}

function problemLine({ file, line, path, message }: ConfigProblem): string {
  const place = line === null ? file : `${file}:${line}`
  return path === '' ? `${place}  ${message}` : `${place}  ${path} ${message}`
}

/**
 * Reads `path`, with `pimflow.config.<environment>.yaml` beside it over it when the environment variable PIMFLOW_ENVIRONMENT
 * names one. Throws a ConfigError that lists every problem.
 */
export async function loadConfig(path: string, env: Environment): Promise<Config> {
  const files = [await readConfigFile(path)]
  const environment = env['PIMFLOW_ENVIRONMENT']
  if (environment) {
    const end = extname(path)
    const overlayPath = join(dirname(path), `${basename(path, end)}.${environment}${end}`)
    files.push(await readConfigFile(overlayPath))
  }
  const syntaxProblems = files.flatMap(({ name, syntaxProblems }) =>
    syntaxProblems.map(({ line, message }) => ({ file: name, line, path: '', message })),
  )
  if (syntaxProblems.length > 0) throw new ConfigError(syntaxProblems)

  const merged = withDefaultReferences(
    files.reduce<unknown>((base, { value }) => overlay(base, value ?? undefined), {}),
  )
  const { value, problems } = await resolveReferences(merged, env, dirname(path))
  const parsed = Config.safeParse(value)
  const config = parsed.success ? withFolders(parsed.data, dirname(path)) : null
  const all: LocatedProblem[] = [
    ...problems,
    ...(parsed.error?.issues ?? []).flatMap(issueProblems),
    ...(config === null ? [] : sharedFolders(config)),
  ]
  if (config !== null && all.length === 0) return config
  throw new ConfigError(inOrder(all.map((problem) => locate(problem, files, merged))))
}

/** Folders are meant as seen from the file that names them. */
const withFolders = (config: Config, folder: string): Config => ({
  ...config,
  connections: config.connections.map(({ media, ...connection }) => ({
    ...connection,
    media: media.folder === undefined ? media : { ...media, folder: resolve(folder, media.folder) },
  })),
})

/** Of two connections with one folder, each would remove the other's files. */
const sharedFolders = ({ connections }: Config): PathProblem[] =>
  connections.flatMap(({ media: { folder } }, index) => {
    const other = connections.slice(0, index).find(({ media }) => media.folder === folder)
    if (folder === undefined || other === undefined) return []
    const message = `is taken: each connection has a folder of its own, and ${other.name} has this one`
    return [{ path: ['connections', index, 'media', 'folder'], message }]
  })

/** The mapping files that the configuration names. Throws a ConfigError that lists every problem of all of them, with its line. */
export async function loadMappings(
  config: Pick<Config, 'connections'>,
  configPath: string,
): Promise<OutputMapping[]> {
  const { mappings, problems } = await readMappings(config, configPath)
  if (problems.length > 0) throw new ConfigError(inOrder(problems))
  return mappings
}

/** The mapping files from Icecat, of the connections that have one, likewise. */
export async function loadIcecatMappings(
  config: Pick<Config, 'connections'>,
  configPath: string,
): Promise<EnrichmentMapping[]> {
  const { mappings, problems } = await readIcecatMappings(config, configPath)
  if (problems.length > 0) throw new ConfigError(inOrder(problems))
  return mappings
}

/** Secrets that everybody keeps in the same place need no line in the file. */
function withDefaultReferences(merged: unknown): unknown {
  const defaults = { tokenKeys: ['${PIMFLOW_TOKEN_KEY}'], database: { url: '${DATABASE_URL}' } }
  return overlay(defaults, merged)
}

async function readConfigFile(path: string): Promise<YamlFile> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const message = missing
      ? 'There is no such file. Make one with `pimflow init`, or begin with examples/pimflow.config.yaml'
      : 'The file cannot be read: look at its permissions'
    throw new ConfigError([{ file: path, line: null, path: '', message }])
  }
  return readYaml(path, text)
}

/** With the place of its line, where that is another. */
interface LocatedProblem extends PathProblem {
  at?: Path
}

/** Each key that is no setting is a problem of its own, on its own line. */
function issueProblems(issue: z.core.$ZodIssue): LocatedProblem[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  if (issue.code !== 'unrecognized_keys') return [{ path, message: plainly(issue.message) }]
  const messages = issue.message.split('\n')
  return issue.keys.map((key, index) => {
    const isBelow = path.length === 0 && Object.hasOwn(ConnectionConfig.shape, key)
    const message = isBelow ? `${key} belongs below a connection` : (messages[index] ?? '')
    return { path, message, at: [...path, key] }
  })
}

/** zod's own words where the schema has none of ours. */
const plainly = (message: string) =>
  message === 'Invalid input: expected string, received undefined' ? 'is missing' : message

/** The overlay's line where the overlay says it, else the line of the file below it. */
function locate(
  { path, message, at = path }: LocatedProblem,
  files: YamlFile[],
  merged: unknown,
): ConfigProblem {
  const places = files.map((file) => ({ file: file.name, ...file.locate(at, merged) }))
  const best = places.reduce((a, b) => (b.steps >= a.steps && b.steps > 0 ? b : a))
  return { file: best.file, line: best.line, path: pathText(path), message }
}

const pathText = (path: Path) =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )

const inOrder = (problems: ConfigProblem[]) =>
  problems.toSorted((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0))

/** A command, workflow or schedule names a connection that the configuration lacks. */
export class UnknownConnectionError extends RefusedError {
  constructor(name: string, known: string[]) {
    super({
      code: 'unknown-connection',
      asked: `connection ${name}`,
      came: `pimflow.config.yaml has ${known.join(', ') || 'none'}`,
      remedy: `There is no connection ${name}; these exist: ${known.join(', ') || 'none'}. Name one of them, or add it to pimflow.config.yaml; workers read it when they start.`,
    })
  }
}

export function connectionOf(config: Pick<Config, 'connections'>, name: string): ConnectionConfig {
  const found = config.connections.find((connection) => connection.name === name)
  if (found) return found
  throw new UnknownConnectionError(
    name,
    config.connections.map((connection) => connection.name),
  )
}

/** Settings as a program has them: secrets as they are, everything else as in the file. */
export interface ConnectionInput {
  name: string
  akeneo: Record<'url' | 'clientId' | 'clientSecret' | 'username' | 'password', string> &
    Record<string, unknown>
  icecat?: Record<string, unknown>
  [section: string]: unknown
}

const icecatSecrets = ['password', 'apiToken', 'appKey', 'contentToken']

const withSecrets = (settings: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      icecatSecrets.includes(name) && typeof value === 'string' ? new Secret(value) : value,
    ]),
  )

/** A connection made by a program instead of a file: the demo's, a test's. Defaults and rules are the same. */
export function connectionConfig({ akeneo, icecat, ...rest }: ConnectionInput): ConnectionConfig {
  const { clientId, clientSecret, username, password } = akeneo
  return ConnectionConfig.parse({
    ...rest,
    ...(icecat === undefined ? {} : { icecat: withSecrets(icecat) }),
    akeneo: {
      ...akeneo,
      clientId: new Secret(clientId),
      clientSecret: new Secret(clientSecret),
      username: new Secret(username),
      password: new Secret(password),
    },
  })
}
