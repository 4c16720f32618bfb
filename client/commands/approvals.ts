import type { Command } from 'commander'
import {
  decidePlan,
  type Plan,
  planById,
  type PlanItem,
  planItems,
  plansOf,
} from '../../connectors/hub/plans.ts'
import { type EmptiedPlan, heldEmptied } from '../../connectors/hub/emptied-plans.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import type { MappingChange } from '../../connectors/hub/mapping-changes.ts'
import {
  decideEmptiedNamed,
  emptiedNamed,
  emptiedRecordsOf,
  emptiedSummary,
  emptiedText,
  emptiedValue,
  isEmptiedId,
} from '../support/emptied-approvals.ts'
import { decide, planNumber } from '../support/decisions.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { ago, counted, table } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import {
  decideMappingNamed,
  heldMappings,
  isMappingId,
  mappingDetails,
  mappingNamed,
  mappingSummary,
  mappingValue,
} from '../support/mapping-approvals.ts'
import {
  type AskedOptions,
  askedOptions,
  decideOptions,
  isOptionId,
  optionsNamed,
  optionsSummary,
  optionsText,
  optionsValue,
} from '../support/option-approvals.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { temporalPlace, withTemporal } from '../support/temporal.ts'
import { addVerb, type Answer, answering, type Invocation, type Session } from '../support/verb.ts'
import { who } from '../support/who.ts'
import { reportWork, startWork } from '../support/work.ts'

interface ApproveOptions {
  detach?: boolean
}

/** Records of a plan that `show` names for a person; `--json` has as many again and says when there are more. */
const shownItems = 50

export function registerApprovals(program: Command, session: Session): void {
  const approvals = program
    .command('approvals')
    .description('what waits for your word: list, show, approve, reject')
    .addHelpText('after', '\nExample:\n  pimflow approvals show 7')
  addVerb(approvals, {
    usage: 'list',
    summary: 'all that wait (the default)',
    examples: ['pimflow approvals', 'pimflow approvals --json'],
    isDefault: true,
  }).action(answering(session, list))
  addVerb(approvals, {
    usage: 'show <id>',
    summary: 'one, with why it waits and what it would do to which records',
    examples: ['pimflow approvals show 7', 'pimflow approvals show m3', 'pimflow approvals show o:color'],
  }).action(answering(session, show))
  addVerb(approvals, {
    usage: 'approve <id>',
    summary:
      'let it be carried out now: a record is read once more before it leaves, a mapping is applied, emptied values leave, options are made',
    examples: [
      'pimflow approvals approve 7',
      'pimflow approvals approve m3',
      'pimflow approvals approve e2',
      'pimflow approvals approve o:color/azure',
    ],
  })
    .option('--detach', 'start it and do not wait for its end')
    .action(answering<ApproveOptions>(session, approve))
  addVerb(approvals, {
    usage: 'reject <id>',
    summary: 'keep its records; they are not asked about again until they were seen again',
    examples: ['pimflow approvals reject 7'],
  }).action(answering(session, reject))
}

type Call = Invocation<object>

async function list({ terminal, options }: Call): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const { name } = chosenConnection(config, options)
  const {
    plans,
    mappings,
    emptied,
    options: asked,
  } = await withHub(config, async (sql) => ({
    plans: await plansOf(sql, name, ['held']),
    mappings: await heldMappings(sql, name),
    emptied: await heldEmptied(sql, name),
    options: await askedOptions(sql, name),
  }))
  const now = new Date()
  const lines = [
    ...plans.map((plan) => `${summaryOf(plan, now)}\n${reasonsText(plan)}`),
    ...mappings.map((change) => mappingSummary(change, now)),
    ...emptied.map((plan) => `${emptiedSummary(plan, now)}\n${emptiedText(plan)}`),
    ...asked.map(optionsSummary),
  ]
  return {
    value: [
      ...plans.map(valueOf),
      ...mappings.map(mappingValue),
      ...emptied.map(emptiedValue),
      ...asked.map(optionsValue),
    ],
    text: lines.length === 0 ? 'Nothing waits for approval' : lines.join('\n'),
    exitCode: lines.length === 0 ? exitCodes.done : exitCodes.approval,
  }
}

async function show({ terminal, options, args }: Call): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const { name } = chosenConnection(config, options)
  return withHub(config, async (sql) => {
    if (isMappingId(args)) return showMapping(await mappingNamed(sql, name, args), args)
    if (isEmptiedId(args)) return showEmptied(sql, await emptiedNamed(sql, name, args), args)
    if (isOptionId(args)) return showOptions(await optionsNamed(sql, name, args), args)
    const id = planNumber(args[0] ?? '')
    const plan = id === null ? null : await planById(sql, name, id)
    if (plan === null) return missing(args)
    const items = await planItems(sql, plan.id, shownItems + 1)
    const shown = items.slice(0, shownItems)
    const more = items.length > shownItems ? [`… and more: ${totalOf(plan)} in all`] : []
    return {
      value: {
        ...valueOf(plan),
        items: shown.map(({ stream, key, code, state }) => ({ stream, key, code, state })),
        more: more.length > 0,
      },
      text: [
        summaryOf(plan, new Date()),
        reasonsText(plan),
        '',
        table(shown.map(itemRow)),
        ...more,
        ...(plan.state === 'held'
          ? ['', `Then: pimflow approvals approve ${plan.id}, or pimflow approvals reject ${plan.id}`]
          : []),
      ].join('\n'),
      exitCode: plan.state === 'held' ? exitCodes.approval : exitCodes.done,
    }
  })
}

function showMapping(change: MappingChange | null, args: string[]): Answer {
  if (change === null) return missing(args)
  const held = change.state === 'held'
  return {
    value: mappingValue(change),
    text: [
      mappingSummary(change, new Date()),
      mappingDetails(change),
      ...(held
        ? ['', `Then: pimflow approvals approve m${change.id}, or pimflow approvals reject m${change.id}`]
        : []),
    ].join('\n'),
    exitCode: held ? exitCodes.approval : exitCodes.done,
  }
}

async function showEmptied(sql: Sql, plan: EmptiedPlan | null, args: string[]): Promise<Answer> {
  if (plan === null) return missing(args)
  const items = await emptiedRecordsOf(sql, plan, shownItems + 1)
  const shown = items.slice(0, shownItems)
  const held = plan.state === 'held'
  return {
    value: { ...emptiedValue(plan), items: shown, more: items.length > shownItems },
    text: [
      emptiedSummary(plan, new Date()),
      emptiedText(plan),
      '',
      table(shown.map(({ stream, code, key, attributes }) => [stream, code ?? key, attributes.join(', ')])),
      ...(items.length > shownItems ? [`… and more: ${plan.records} in all`] : []),
      ...(held
        ? ['', `Then: pimflow approvals approve e${plan.id}, or pimflow approvals reject e${plan.id}`]
        : []),
    ].join('\n'),
    exitCode: held ? exitCodes.approval : exitCodes.done,
  }
}

function showOptions(asked: AskedOptions | null, args: string[]): Answer {
  if (asked === null) return missing(args)
  return {
    value: optionsValue(asked),
    text: optionsText(asked, args),
    exitCode: asked.options.some(({ state }) => state === 'asked') ? exitCodes.approval : exitCodes.done,
  }
}

async function approve({ terminal, options, args }: Invocation<ApproveOptions>): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const { name } = chosenConnection(config, options)
  const place = await temporalPlace(config, terminal)
  // Temporal first: a word that nothing can act on is better not given.
  return withTemporal(place, async (client) => {
    const [id = ''] = args
    const decision = await withHub(config, (sql) => decide(sql, name, id, 'approved'))
    if (decision === null) return missing(args)
    const work = await startWork(client, place, decision.start)
    return reportWork(client, place, work, terminal, options)
  })
}

async function reject({ terminal, options, args }: Call): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const { name } = chosenConnection(config, options)
  if (isMappingId(args)) {
    const change = await withHub(config, (sql) => decideMappingNamed(sql, name, args, 'rejected'))
    if (change === null) return missing(args)
    return {
      value: mappingValue(change),
      text: `Records stay as they are; on second thoughts: pimflow approvals approve m${change.id}`,
    }
  }
  if (isEmptiedId(args)) {
    const emptied = await withHub(config, (sql) => decideEmptiedNamed(sql, name, args, 'rejected'))
    if (emptied === null) return missing(args)
    return {
      value: emptiedValue(emptied),
      text: `${counted(emptied.records, 'record')} of ${emptied.output} keep what they had until they change again; on second thoughts: pimflow approvals approve e${emptied.id}`,
    }
  }
  if (isOptionId(args)) {
    const asked = await withHub(config, (sql) => decideOptions(sql, name, args, 'rejected'))
    if (asked === null) return missing(args)
    return {
      value: optionsValue(asked),
      text: `Not made: values that need them are left out; on second thoughts: pimflow approvals approve o:${asked.attribute}/<code>`,
    }
  }
  const id = planNumber(args[0] ?? '')
  const plan =
    id === null
      ? null
      : await withHub(config, (sql) => decidePlan(sql, name, id, { state: 'rejected', by: who() }))
  if (plan === null) return missing(args)
  return {
    value: valueOf(plan),
    text: `${counted(totalOf(plan), 'record')} kept; on second thoughts: pimflow approvals approve ${plan.id}`,
  }
}

const missing = ([id = '']: string[]): Answer => ({
  value: { missing: id },
  text: `Nothing waits under ${id}, or a later reconcile has looked again; to see what waits: pimflow approvals`,
  exitCode: exitCodes.failed,
})

const totalOf = ({ streams }: Plan) => Object.values(streams).reduce((sum, count) => sum + count, 0)

const summaryOf = (plan: Plan, now: Date): string => {
  const streams = Object.entries(plan.streams).map(([stream, count]) => `${count} ${stream}`)
  const decision =
    plan.decidedBy === null || plan.decidedAt === null
      ? plan.state
      : `${plan.state} by ${plan.decidedBy}, ${ago(plan.decidedAt, now)}`
  return `${plan.id}  ${streams.join(', ')} would be retired (${ago(plan.createdAt, now)}, ${decision})`
}

const reasonsText = ({ reasons }: Plan): string => reasons.map(({ text }) => `    ${text}`).join('\n')

const itemRow = ({ stream, code, key, state }: PlanItem): [string, string] => [
  stream,
  `${code ?? key}${state === 'open' ? '' : `, ${state}`}`,
]

const valueOf = (plan: Plan) => ({ ...plan, id: plan.id.toString(), run: plan.run?.toString() ?? null })
