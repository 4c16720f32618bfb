import type { Command } from 'commander'
import type { Ailment, Severity } from '../../domain/diagnosis.ts'
import { type Examination, examine } from '../support/examine.ts'
import { type ExitCode, exitCodes } from '../support/exit-codes.ts'
import { paint } from '../support/format.ts'
import { chosenConnections, readConfig } from '../support/project.ts'
import { temporalPlace } from '../support/temporal.ts'
import type { Terminal } from '../support/terminal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerDoctor(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'doctor',
    summary: 'find and explain what is stuck or does not fit together; changes nothing',
    examples: ['pimflow doctor', 'pimflow doctor --connection acme --json'],
  }).action(
    answering(session, async ({ terminal, options }) => {
      const config = await readConfig(options, terminal)
      const place = await temporalPlace(config, terminal)
      const found = await examine(config, chosenConnections(config, options), place)
      return { value: found, text: examinationText(found, terminal), exitCode: exitCodeOf(found) }
    }),
  )
}

/** Notes alone are no failure: they mend themselves, or wait for a person. */
function exitCodeOf({ temporal, general, connections }: Examination): ExitCode {
  const all = [...general, ...connections.flatMap(({ ailments }) => ailments)]
  if (all.some(({ severity }) => severity !== 'note')) return exitCodes.failed
  return temporal === null ? exitCodes.done : exitCodes.unreachable
}

const colours: Record<Severity, 'red' | 'yellow' | 'dim'> = { broken: 'red', stuck: 'yellow', note: 'dim' }

function examinationText(
  { temporal, general, connections }: Examination,
  terminal: Pick<Terminal, 'colours'>,
): string {
  const line = ({ severity, text, remedy }: Ailment) =>
    `  ${paint(terminal, colours[severity], severity.padEnd(6))}  ${text}\n          ${remedy}`
  const missed = temporal === null ? [] : [`${temporal}\nWhat it alone can say is left out.`]
  return [
    ...missed,
    ...general.map((ailment) => line(ailment)),
    ...connections.map(({ connection, ailments }) =>
      [
        `${paint(terminal, 'bold', connection)}${ailments.length === 0 ? '  nothing found' : ''}`,
        ...ailments.map((ailment) => line(ailment)),
      ].join('\n'),
    ),
  ].join('\n\n')
}
