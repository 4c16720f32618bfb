import type { Command } from 'commander'
import { checkAll, checkExitCode, checkText } from '../support/check-all.ts'
import { chosenConnections, readConfig } from '../support/project.ts'
import { temporalPlace } from '../support/temporal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerCheck(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'check',
    summary: 'look at configuration, credentials, rights, database and Temporal; writes nothing',
    examples: ['pimflow check', 'pimflow check --connection acme --json'],
  }).action(
    answering(session, async ({ terminal, options }) => {
      const config = await readConfig(options, terminal)
      const place = await temporalPlace(config, terminal)
      const connections = chosenConnections(config, options)
      const checked = await terminal.interruptible((signal) => checkAll(config, connections, place, signal))
      return { value: checked, text: checkText(checked, terminal), exitCode: checkExitCode(checked) }
    }),
  )
}
