import type { Command } from 'commander'
import { createLook } from '../../connectors/delivery/conformance/look.ts'
import { checkConformance, type ConformanceLine } from '../../connectors/delivery/conformance/suite.ts'
import { Secret } from '../../domain/secret.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { counted, paint } from '../support/format.ts'
import type { Terminal } from '../support/terminal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

interface ConformanceFlags {
  secretEnv: string
  destination?: string
  look?: string
}

export function registerConformance(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'conformance <url>',
    summary: 'try a destination that you wrote: real deliveries of records that leave again',
    examples: [
      'RECEIVER_SECRET=… pimflow conformance http://127.0.0.1:8085',
      'pimflow conformance https://shop.example.com/pim-changes --secret-env SHOP_SECRET --json',
      'pimflow conformance http://127.0.0.1:8085 --look http://127.0.0.1:8085/records',
    ],
    connection: false,
    configuration: false,
  })
    .option('--secret-env <name>', 'variable that holds the secret of the destination', 'RECEIVER_SECRET')
    .option('--destination <name>', 'what the deliveries call it (default: conformance)')
    .option('--look <url>', 'answers GET <url>/<hub id> with what stands there, so that effects are seen too')
    .action(
      answering<ConformanceFlags>(session, async ({ terminal, options, args: [url = ''] }) => {
        const secret = terminal.env[options.secretEnv] ?? ''
        if (secret === '') {
          throw new UsageError(
            `${options.secretEnv} is not set: put the secret of the destination into it, or name another variable with --secret-env`,
          )
        }
        const report = await terminal.interruptible((signal) => {
          const look =
            options.look === undefined ? undefined : createLook(address(options.look, '--look'), { signal })
          const target = { url: address(url, 'The url'), secret: new Secret(secret), look, signal }
          return checkConformance({ ...target, destination: options.destination }, (line) => {
            if (options.json !== true) terminal.out(lineText(line, terminal))
          })
        })
        const exitCode = report.conforms ? exitCodes.done : exitCodes.failed
        return { value: report, text: summary(report.lines), exitCode }
      }),
    )
}

function address(text: string, what: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text
  throw new UsageError(`${what} must begin with http:// or https://, such as http://127.0.0.1:8085`)
}

const colourOf = { ok: 'green', warning: 'yellow', failed: 'red' } as const

function lineText({ name, asked, status, came, remedy }: ConformanceLine, terminal: Terminal): string {
  const head = `${paint(terminal, colourOf[status], status.padEnd(7))}  ${name.padEnd(15)}  ${asked}: ${came}`
  return remedy === undefined ? head : `${head}\n         ${remedy}`
}

function summary(lines: ConformanceLine[]): string {
  const number = (wanted: ConformanceLine['status']) => lines.filter(({ status }) => status === wanted).length
  const failed = number('failed')
  const rules = `${counted(lines.length, 'rule')} tried, ${number('warning')} to look at`
  return failed === 0 ? `It conforms: ${rules}` : `It does not conform: ${failed} failed of ${rules}`
}
