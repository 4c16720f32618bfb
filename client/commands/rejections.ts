import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  clearRejections,
  listRejections,
  rejectionsOf,
  retryRejections,
  type StoredRejection,
} from '../../connectors/hub/rejections.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { ago, counted, table, until } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { parseFilters, type RejectionFilter, selectRejections } from '../support/rejection-filter.ts'
import { addVerb, type Answer, answering, type Invocation, type Session } from '../support/verb.ts'

interface RejectionFlags {
  filter?: string[]
  all?: boolean
  limit?: number
}

/** So many are shown to a person who asks for no number. */
const shownRejections = 100

export function registerRejections(program: Command, session: Session): void {
  const rejections = program
    .command('rejections')
    .description('records that could not be carried: list, show, retry, forget')
    .addHelpText('after', '\nExample:\n  pimflow rejections --filter reason=unit-unknown')
  const filter = [
    '--filter <key=value>',
    'of those only: reason, stream or field; may be given several times',
  ] as const
  const collect = (value: string, before: string[] = []) => [...before, value]

  addVerb(rejections, {
    usage: 'list',
    summary: 'all of them (the default)',
    examples: ['pimflow rejections', 'pimflow rejections --filter stream=products --json'],
    isDefault: true,
  })
    .option(...filter, collect)
    .addOption(
      new Option('--limit <number>', `no more than these (default: ${shownRejections}; with --json all)`)
        .argParser(atLeastOne)
        .conflicts('all'),
    )
    .option('--all', 'show every one')
    .action(answering(session, list))
  addVerb(rejections, {
    usage: 'show <id>',
    summary: 'one with everything that is known about it',
    examples: ['pimflow rejections show NL-404'],
  }).action(answering(session, show))
  addVerb(rejections, {
    usage: 'retry [id...]',
    summary: 'let the next poll try them again: those named, those of a filter, else all',
    examples: ['pimflow rejections retry', 'pimflow rejections retry NL-404'],
  })
    .option(...filter, collect)
    .action(answering(session, retry))
  addVerb(rejections, {
    usage: 'forget [id...]',
    summary: 'drop them; one whose record is read again and is still broken comes back',
    examples: ['pimflow rejections forget NL-404', 'pimflow rejections forget --filter reason=unit-unknown'],
  })
    .option(...filter, collect)
    .option('--all', 'all of the connection')
    .action(answering(session, forget))
}

type Call = Invocation<RejectionFlags>

async function list(call: Call): Promise<Answer> {
  const { terminal, options } = call
  const filter = parseFilters(options.filter ?? [])
  const config = await readConfig(options, terminal)
  const { name: connection } = chosenConnection(config, options)
  const limit = options.limit ?? (options.all === true || options.json === true ? null : shownRejections)
  return withHub(config, async (sql) => {
    const { total, rejections } = await listRejections(sql, connection, filter, limit)
    if (options.json === true) return { value: rejections, text: '' }
    const rest = total - rejections.length
    const more =
      rest === 0 ? '' : `\n\n${rejections.length} of ${total} are shown; all: --all, of some: --filter`
    return {
      value: rejections,
      text: total === 0 ? 'Nothing is rejected' : `${listText(rejections, new Date())}${more}\n\n${whatNext}`,
    }
  })
}

function atLeastOne(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number above 0.')
}

const whatNext = 'Mended in Akeneo? Then: pimflow rejections retry'

/** One line each, and what to do below it. */
function listText(rejections: StoredRejection[], now: Date): string {
  return rejections
    .map((rejection) => {
      const { stream, key, code, text, remedy, lastSeen } = rejection
      return `${code ?? key}  ${stream}, ${ago(lastSeen, now)}: ${text}\n    ${remedy}`
    })
    .join('\n')
}

async function show(call: Call): Promise<Answer> {
  return withRejections(call, call.args, (_, chosen, now) =>
    Promise.resolve({ value: chosen, text: chosen.map((one) => detailText(one, now)).join('\n\n') }),
  )
}

function detailText(rejection: StoredRejection, now: Date): string {
  const { stream, key, code, reason, field, rule, text, remedy, firstSeen, lastSeen, attempts, nextAttempt } =
    rejection
  const wait = nextAttempt.getTime() - now.getTime()
  return table([
    ['record', code ?? key],
    ['stream', stream],
    ['key', key],
    ['reason', reason],
    ...(field === null ? [] : [['field', field]]),
    ...(rule == null ? [] : [['rule', rule]]),
    ['what', text],
    ['remedy', remedy],
    ['first seen', ago(firstSeen, now)],
    ['last seen', ago(lastSeen, now)],
    ['tried', counted(attempts, 'time')],
    ['next try', wait <= 0 ? 'with the next poll' : until(nextAttempt, now)],
  ])
}

async function retry(call: Call): Promise<Answer> {
  return withRejections(call, call.args, async ({ sql, connection }, chosen) => {
    const names = chosen.map(({ key }) => key)
    const due = await retryRejections(sql, connection, { names })
    return {
      value: { due, records: names },
      text:
        due === 0
          ? 'Nothing is rejected'
          : `The next poll tries ${counted(due, 'record')} again; to have it now: pimflow sync products`,
    }
  })
}

async function forget(call: Call): Promise<Answer> {
  const { args, options } = call
  if (args.length === 0 && options.filter === undefined && options.all !== true) {
    throw new UsageError('Say which to forget: ids, --filter reason=…, or --all')
  }
  return withRejections(call, args, async ({ sql, connection }, chosen) => {
    for (const { stream, key } of chosen) await clearRejections(sql, connection, stream, [key], 'all')
    return {
      value: { forgotten: chosen.length, records: chosen.map(({ key }) => key) },
      text: `${counted(chosen.length, 'rejection')} forgotten`,
    }
  })
}

interface Rejections {
  sql: Parameters<typeof rejectionsOf>[0]
  connection: string
}

/** Those of the connection that the names and filters choose; a name that is not rejected ends it with that sentence. */
async function withRejections(
  { terminal, options }: Call,
  names: string[],
  use: (at: Rejections, chosen: StoredRejection[], now: Date) => Promise<Answer>,
): Promise<Answer> {
  const filter: RejectionFilter = parseFilters(options.filter ?? [])
  const config = await readConfig(options, terminal)
  const { name: connection } = chosenConnection(config, options)
  return withHub(config, async (sql) => {
    const { chosen, missing } = selectRejections(await rejectionsOf(sql, connection), names, filter)
    if (missing.length > 0) {
      return {
        value: { missing },
        text: `Not rejected: ${missing.join(', ')}; to see how they stand: pimflow explain ${missing[0] ?? ''}`,
        exitCode: exitCodes.failed,
      }
    }
    return use({ sql, connection }, chosen, new Date())
  })
}
