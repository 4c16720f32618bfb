import type { Command } from 'commander'
import { checkAll, checkExitCode, checkText } from '../support/check-all.ts'
import { UsageError } from '../support/errors.ts'
import { chosenConnection, chosenConnections, configPath, readConfig } from '../support/project.ts'
import { temporalPlace } from '../support/temporal.ts'
import { addVerb, type Answer, answering, type Invocation, type Session } from '../support/verb.ts'
import { testWrites, writeTestsExitCode, writeTestsText } from '../support/write-tests.ts'

interface CheckOptions {
  writeTests?: string
  yes?: boolean
}

export function registerCheck(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'check',
    summary:
      'look at configuration, credentials, rights, mappings, Icecat, database and Temporal; writes nothing',
    examples: [
      'pimflow check',
      'pimflow check --connection acme --json',
      'pimflow check --write-tests TEST-PRODUCT --yes',
    ],
  })
    .option(
      '--write-tests <product>',
      'write into this product of Akeneo’s all that enrichment relies on, and put its values back',
    )
    .option('--yes', 'with --write-tests: do not ask first')
    .action(
      answering<CheckOptions>(session, (call) =>
        call.options.writeTests === undefined ? check(call) : writeTests(call, call.options.writeTests),
      ),
    )
}

async function check({ terminal, options }: Invocation<CheckOptions>): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const place = await temporalPlace(config, terminal)
  const connections = chosenConnections(config, options)
  const checked = await terminal.interruptible((signal) =>
    checkAll(config, connections, configPath(options, terminal), place, signal),
  )
  return { value: checked, text: checkText(checked, terminal), exitCode: checkExitCode(checked) }
}

async function writeTests({ terminal, options }: Invocation<CheckOptions>, product: string): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const connection = chosenConnection(config, options)
  if (options.yes !== true) {
    throw new UsageError(
      `This writes into ${product} of ${connection.name} and puts its values back; its history, its \`updated\` and an uploaded file stay. To go on: --yes`,
    )
  }
  const report = await terminal.interruptible((signal) => testWrites(config, connection, product, signal))
  return { value: report, text: writeTestsText(report, terminal), exitCode: writeTestsExitCode(report) }
}
