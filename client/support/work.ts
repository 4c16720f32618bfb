import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { type ExitCode, exitCodeOfOutcome, exitCodes, worst } from './exit-codes.ts'
import { follow } from './follow.ts'
import { progressDisplay } from './progress-display.ts'
import { adviceAfter, reportText, type WorkReport } from './reports.ts'
import { searchAttributesOf, type WorkflowStart } from './starts.ts'
import { hasWorkers } from './serving-workers.ts'
import { type TemporalPlace, workflowUrl } from './temporal.ts'
import type { Terminal } from './terminal.ts'
import type { Answer } from './verb.ts'
import { who } from './who.ts'

/** A run that was started, or was running already under the same id. */
export interface Work {
  workflowId: string
  runId: string
  webUrl: string
}

export async function startWork(client: Client, place: TemporalPlace, start: WorkflowStart): Promise<Work> {
  const handle = await client.workflow.start(start.type, {
    workflowId: start.workflowId,
    taskQueue: place.taskQueue,
    args: [start.input],
    // Two people who ask for the same thing follow the same run.
    workflowIdConflictPolicy: 'USE_EXISTING',
    typedSearchAttributes: searchAttributesOf(start),
    staticSummary: start.summary,
    memo: { startedBy: who() },
  })
  const { workflowId, firstExecutionRunId: runId } = handle
  return { workflowId, runId, webUrl: workflowUrl(place, workflowId) }
}

/**
 * Whether nothing is under way under this id, or ends within a moment. A run that is about to end would be taken for the one that is
 * asked for: what a person has just decided would not be carried out.
 */
export async function isFree(client: Client, id: string, waitMs = 5000): Promise<boolean> {
  // No such run, or one that failed: nothing is in the way. A server that does not answer says so when the work is started.
  const ended = client.workflow
    .getHandle(id)
    .result()
    .then(
      () => true,
      () => true,
    )
  return Promise.race([ended, sleep(waitMs, false, { ref: false })])
}

export interface FollowOptions {
  json?: boolean
  detach?: boolean
}

/** Says where the work can be watched and, unless detached, follows it to its end. */
export async function reportWork(
  client: Client,
  place: TemporalPlace,
  work: Work,
  terminal: Terminal,
  { json = false, detach = false }: FollowOptions,
): Promise<Answer> {
  if (!json) terminal.out(`${work.workflowId}\n${work.webUrl}`)
  if (!(await hasWorkers(client, place))) {
    terminal.err(`No worker takes work from the queue ${place.taskQueue}: start one with \`pimflow worker\``)
  }
  if (detach) return { value: work, text: '' }
  const display = progressDisplay(terminal, { silent: json })
  const followed = await terminal.interruptible((signal) => follow(client, work, { display, signal }))
  if (!followed.ended) return interrupted(work)
  const report = followed.report as WorkReport
  const advice = adviceAfter(report.outcome)
  return {
    value: { ...work, report },
    text: [reportText(report), ...(advice === null ? [] : [advice])].join('\n'),
    exitCode: exitCodeOfOutcome(report.outcome),
  }
}

/** Starts all of them, then follows one after the other; each says how it ended. */
export async function runWorks(
  client: Client,
  place: TemporalPlace,
  starts: readonly WorkflowStart[],
  terminal: Terminal,
  options: FollowOptions,
): Promise<Answer> {
  const works = []
  for (const start of starts) works.push(await startWork(client, place, start))
  const answers: Answer[] = []
  for (const work of works) {
    const answer = await reportWork(client, place, work, terminal, options)
    answers.push(answer)
    if (options.json !== true && answer.text !== '') terminal.out(answer.text)
    if (answer.exitCode === exitCodes.interrupted) break
  }
  const [only] = answers
  return {
    value: answers.length === 1 ? only?.value : answers.map(({ value }) => value),
    text: '',
    exitCode: worst(answers.map(({ exitCode = 0 }) => exitCode)),
  }
}

const interrupted = (work: Work): Answer => ({
  value: { ...work, followed: false },
  text: `Not followed any longer; the work goes on: ${work.webUrl}`,
  exitCode: exitCodes.interrupted satisfies ExitCode,
})
