import type { Command } from 'commander'
import { type Addressee, addressed, connectionVerbs } from '../../domain/proposals.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { jsonText } from './format.ts'
import type { Terminal } from './terminal.ts'

/** What every verb takes. */
export interface CommonOptions {
  config?: string
  connection?: string
  json?: boolean
  debug?: boolean
}

/** What a verb found: for a program, for a person, and how it ended. */
export interface Answer {
  value: unknown
  text: string
  exitCode?: ExitCode
}

/** A running command: its terminal, and how it ended. */
export interface Session {
  terminal: Terminal
  exitCode: ExitCode
  /** What its flags say that it is about: the commands that it proposes are about the same. */
  about?: Addressee
}

export interface VerbDescription {
  /** As commander takes it: `show <id>`. */
  usage: string
  summary: string
  /** Each a whole line that works. */
  examples: string[]
  /** False for a verb that has nothing to do with one connection. */
  connection?: boolean
  /** False for a verb that reads no configuration. */
  configuration?: boolean
  /** Meant when its parent is called without a verb. */
  isDefault?: boolean
}

/** Adds a verb with the options that all have, and its examples. */
export function addVerb(
  parent: Command,
  { usage, summary, examples, connection = true, configuration = true, isDefault = false }: VerbDescription,
): Command {
  const command = parent.command(usage, { isDefault }).description(summary)
  return withCommonOptions(command, { connection, configuration, examples })
}

export function withCommonOptions(
  command: Command,
  {
    connection = true,
    configuration = true,
    examples,
  }: Pick<VerbDescription, 'connection' | 'configuration' | 'examples'>,
): Command {
  if (connection) command.option('-c, --connection <name>', 'connection to work on (default: the only one)')
  if (configuration) {
    command.option('--config <file>', 'configuration (default: $PIMFLOW_CONFIG, else pimflow.config.yaml)')
  }
  return command
    .option('--json', 'print one JSON value and nothing else')
    .option('--debug', 'show where an error comes from')
    .addHelpText('after', `\n${examples.length > 1 ? 'Examples' : 'Example'}:\n${indented(examples)}`)
}

const indented = (lines: string[]) => lines.map((line) => `  ${line}`).join('\n')

export interface Invocation<Options> {
  terminal: Terminal
  options: Options & CommonOptions
  args: string[]
}

/**
 * The terminal on which each proposed command names what this one was told to be about: without `--connection` the next would ask which,
 * where there are several. What a program reads is left as it is.
 */
const repeating = (terminal: Terminal, about: Addressee, { json }: CommonOptions): Terminal => ({
  ...terminal,
  out: (text) => terminal.out(json === true ? text : addressed(text, about)),
  err: (text) => terminal.err(addressed(text, about)),
})

/** `init` is about none: its `--connection` names the only one of the file that it writes. */
function aboutOf(command: Command): Addressee {
  let verb = command
  while (verb.parent?.parent) verb = verb.parent
  if (!Object.hasOwn(connectionVerbs, verb.name())) return {}
  const { connection, output } = command.optsWithGlobals<Addressee>()
  return { connection, output }
}

/** Makes a verb's function an action: prints what it answers and keeps how it ended. */
export function answering<Options extends object>(
  session: Session,
  handle: (invocation: Invocation<Options>) => Promise<Answer>,
) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command
    const options = command.optsWithGlobals<Options & CommonOptions>()
    session.about = aboutOf(command)
    const terminal = repeating(session.terminal, session.about, options)
    const {
      value,
      text,
      exitCode = exitCodes.done,
    } = await handle({
      terminal,
      options,
      args: command.processedArgs.flat().filter((argument) => argument !== undefined) as string[],
    })
    session.exitCode = exitCode
    // Without a value everything has been printed on the way.
    if (options.json === true && value !== undefined) terminal.out(jsonText(value))
    else if (options.json !== true && text !== '') terminal.out(text)
  }
}
