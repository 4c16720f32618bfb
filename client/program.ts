import { Command } from 'commander'
import { registerApprovals } from './commands/approvals.ts'
import { registerAdopt } from './commands/adopt.ts'
import { registerChanges } from './commands/changes.ts'
import { registerCheck } from './commands/check.ts'
import { registerCompletion } from './commands/completion.ts'
import { registerConformance } from './commands/conformance.ts'
import { registerDeliver } from './commands/deliver.ts'
import { registerDemo } from './commands/demo.ts'
import { registerDown } from './commands/down.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerEnrich } from './commands/enrich.ts'
import { registerExplain } from './commands/explain.ts'
import { registerFeed } from './commands/feed.ts'
import { registerInit } from './commands/init.ts'
import { registerMapping } from './commands/mapping.ts'
import { registerMigrate } from './commands/migrate.ts'
import { registerReconcile } from './commands/reconcile.ts'
import { registerRejections } from './commands/rejections.ts'
import { registerRelease } from './commands/release.ts'
import { registerReport } from './commands/report.ts'
import { registerRequests } from './commands/requests.ts'
import { registerResend } from './commands/resend.ts'
import { registerSchedules } from './commands/schedules.ts'
import { registerServe } from './commands/serve.ts'
import { registerShow } from './commands/show.ts'
import { registerSimulate } from './commands/simulate.ts'
import { registerStatus } from './commands/status.ts'
import { registerSync } from './commands/sync.ts'
import { registerUp } from './commands/up.ts'
import { registerWorker } from './commands/worker.ts'
import { version } from '../connectors/version.ts'
import { addressed } from '../domain/proposals.ts'
import { explainError } from './support/errors.ts'
import { type ExitCode, exitCodes } from './support/exit-codes.ts'
import { jsonText, paint } from './support/format.ts'
import type { Terminal } from './support/terminal.ts'
import type { Session } from './support/verb.ts'

/** In the order in which a newcomer needs them. */
const verbs: [group: string, register: ((program: Command, session: Session) => void)[]][] = [
  [
    'Begin',
    [
      registerInit,
      registerCheck,
      registerUp,
      registerDown,
      registerMigrate,
      registerWorker,
      registerSimulate,
      registerConformance,
      registerDemo,
    ],
  ],
  ['Run', [registerSync, registerReconcile, registerEnrich, registerDeliver, registerSchedules]],
  [
    'See',
    [
      registerStatus,
      registerReport,
      registerServe,
      registerShow,
      registerExplain,
      registerChanges,
      registerFeed,
    ],
  ],
  ['Decide', [registerRejections, registerApprovals, registerRequests, registerRelease]],
  ['Map', [registerMapping]],
  ['Mend', [registerDoctor, registerResend, registerAdopt]],
  ['Help', [registerCompletion]],
]

/** Runs one command line and says how it ended. */
export async function runCommandLine(argv: string[], terminal: Terminal): Promise<ExitCode> {
  const session: Session = { terminal, exitCode: exitCodes.done }
  const program = createProgram(session)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return session.exitCode
  } catch (error) {
    return report(error, argv, session)
  }
}

export function createProgram(session: Session): Command {
  const { terminal } = session
  const program = new Command('pimflow')
    .description('Product data out of Akeneo into everything that sells: durable, incremental, explained.')
    .version(version())
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      // What goes wrong is said once, below, with the exit code that it has.
      outputError: () => undefined,
      getOutHasColors: () => terminal.colours,
    })
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done with rejections,\n' +
        '4 waits for approval, 5 a service is unreachable.\n\nExample:\n  pimflow sync categories --help',
    )
  for (const [group, registers] of verbs) {
    program.commandsGroup(`${group}:`)
    for (const register of registers) register(program, session)
  }
  return program
}

/** What commander says when it printed the help because no verb was given. */
const helpWasShown = '(outputHelp)'

function report(error: unknown, argv: string[], { terminal, about = {} }: Session): ExitCode {
  const { message, exitCode } = explainError(error)
  if (exitCode === exitCodes.done || message === helpWasShown) return exitCode
  const debug = argv.includes('--debug')
  const text = addressed(message.replace(/^error: /, ''), about)
  terminal.err(`${paint(terminal, 'red', 'pimflow:')} ${text}`)
  if (debug && error instanceof Error) terminal.err(error.stack ?? '')
  if (argv.includes('--json')) terminal.out(jsonText({ error: { message: text, exitCode } }))
  return exitCode
}
