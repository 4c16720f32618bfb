import { randomUUID } from 'node:crypto'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { type Activities, createActivities } from '../../activities/index.ts'
import type { BranchCursor } from '../../activities/categories.ts'
import type { Dependencies } from '../../activities/dependencies.ts'
import { TransientError } from '../../connectors/errors.ts'
import { decidePlan } from '../../connectors/hub/plans.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { type AroundCalls, type BackOff, isWorkerDied, type Passes, type Player, watched } from './passes.ts'

/** Without Temporal. */
export const playInProcess: Player = (deps, connection, around, backOff) => ({
  passes: inProcess(deps, connection, around, backOff),
  end: () => undefined,
})

/** Runs activities in the order of the workflows, in this process. */
function inProcess(given: Dependencies, connection: string, around: AroundCalls, backOff?: BackOff): Passes {
  const deps = watched(given, connection, around, backOff)
  const activities = createActivities(deps)

  let atWork: () => Promise<void> = () => Promise.resolve()

  async function execution<T>(process: string, work: (run: Run) => Promise<T>): Promise<T> {
    const workflowExecution = { workflowId: `pimflow/${connection}/${process}`, runId: randomUUID() }
    const run: Run = async (name, input) => {
      const overtaken: { answer: never }[] = []
      const attempt = () => {
        // Which input and answer belong to the name, `Run` says; inside, the compiler sees their unions.
        const activity = activities[name] as (input: unknown) => Promise<never>
        const environment = new MockActivityEnvironment({ workflowExecution }, { logger: silent })
        return environment.run<[unknown], never, typeof activity>(activity, input)
      }
      const again = async () => {
        overtaken.push({ answer: await attempt() })
      }
      for (;;) {
        atWork = again
        try {
          return await attempt()
        } catch (error) {
          // Of an attempt that was overtaken nobody hears any more.
          const [newer] = overtaken
          if (newer) return newer.answer
          const isTriedAgain = backOff !== undefined && error instanceof TransientError
          if (!isWorkerDied(error) && !isTriedAgain) throw error
        }
      }
    }
    try {
      return await work(run)
    } catch (error) {
      await abandon(run, workflowExecution.runId)
      throw error
    }
  }

  async function abandon(run: Run, workflowRunId: string): Promise<void> {
    const rows = await deps.sql<{ id: bigint }[]>`
      select id from run where workflow_run_id = ${workflowRunId} and finished_at is null`
    for (const { id } of rows)
      await run('abandonRun', { connection, runId: id.toString(), outcome: 'failed' })
  }

  async function transfer(
    run: Run,
    runId: string,
    streams: StreamName[],
    reader: number,
    sweepVariants: boolean,
  ) {
    for (let more = true; more;)
      ({ more } = await run('transferRecords', { connection, runId, reader, streams, sweepVariants }))
  }

  async function finish(run: Run, runId: string): Promise<void> {
    let media = false
    for (let done = false; !done;) {
      const finished = await run('finishRun', { connection, runId, cancelled: false })
      done = finished.report !== null
      media = finished.media === true
    }
    if (media) await files()
  }

  const files = () =>
    execution('media', async (run) => {
      const { runId } = await run('openMedia', { connection, retryRefused: false })
      if (runId === null) throw new Error('Another collection is running')
      for (let more = true; more;) ({ more } = await run('collectFiles', { connection, runId }))
      for (let done = false; !done;) done = (await run('closeMedia', { connection, runId })).report !== null
    })

  const passes: Passes = {
    load: () =>
      execution('load-products', async (run) => {
        const { runId } = await run('openLoad', { connection })
        if (runId === null) throw new Error('Another load is running')
        await run('readStructure', { connection, runId, categories: true })
        const { readers } = await run('planLoad', { connection, runId })
        await transfer(run, runId, ['product-models'], 0, false)
        for (let reader = 0; reader < readers; reader++)
          await transfer(run, runId, ['products'], reader, false)
        await finish(run, runId)
        return runId
      }),

    poll: () =>
      execution('poll-products', async (run) => {
        const { runId, loadNeeded, outcome } = await run('openPoll', { connection })
        if (runId === null) {
          if (!loadNeeded) throw new Error(`The poll found nothing to do: ${outcome ?? ''}`)
          await passes.load()
          return
        }
        await transfer(run, runId, ['product-models', 'products'], 0, true)
        await finish(run, runId)
      }),

    categories: () =>
      execution('initialize-categories', async (run) => {
        const { runId } = await run('openCategories', { connection })
        if (runId === null) throw new Error('Another initialization is running')
        await run('readStructure', { connection, runId, categories: false })
        const { trees } = await run('stageCategories', { connection, runId })
        const branches = [...trees]
        for (let branch = branches.shift(); branch !== undefined; branch = branches.shift()) {
          let after: BranchCursor | null = null
          do {
            const batch: Awaited<ReturnType<Activities['writeCategories']>> = await run('writeCategories', {
              connection,
              runId,
              branch,
              after,
            })
            branches.push(...batch.branches)
            after = batch.next
          } while (after !== null)
        }
        await run('closeCategories', { connection, runId, trees: trees.length })
      }),

    reconcile: ({ content, approve = true }) =>
      execution('reconcile', async (run) => {
        const { runId, readers, outcome } = await run('openReconcile', { connection, content })
        if (runId === null) throw new Error(`The reconcile found nothing to do: ${outcome ?? ''}`)
        const loadRunId = content ? await passes.load() : null
        const list = async (reader: number) => {
          for (let more = true; more;) ({ more } = await run('listKeys', { connection, runId, reader }))
        }
        for (let reader = 0; reader < readers; reader++) await list(reader)
        await run('planDependentLists', { connection, runId })
        await list(0)
        let unknown = 0
        for (let more = true; more;) {
          const chunk = await run('readUnknown', { connection, runId, budget: 1000 })
          unknown = Math.max(unknown, chunk.unknown)
          more = chunk.more
        }
        const judged = await run('judgeAbsence', { connection, runId, loadRunId })
        let retired = null
        if (judged.plan !== null && (approve || judged.held.length === 0)) {
          if (judged.held.length > 0) {
            const decision = { state: 'approved' as const, by: 'ada' }
            await decidePlan(deps.sql, connection, BigInt(judged.plan), decision)
          }
          retired = await retire(judged.plan)
        }
        for (let done = false; !done;)
          done =
            (await run('closeReconcile', { connection, runId, judged, unknown, retired })).report !== null
        return judged.held
      }),

    sync: (id) =>
      execution(`sync/${id}`, async (run) => {
        await run('syncRecord', { connection, id })
      }),

    overtake: () => atWork(),
  }

  const retire = (plan: string) =>
    execution('retire', async (run) => {
      const { runId, phases } = await run('openRetire', { connection, plan })
      if (runId === null) throw new Error('Another retirement is running')
      for (const { streams, readers } of phases) {
        for (let reader = 0; reader < readers; reader++) {
          for (let more = true; more;)
            ({ more } = await run('retireChunk', { connection, runId, plan, streams, reader, readers }))
        }
      }
      for (;;) {
        const { report } = await run('finishRetire', { connection, runId, plan })
        if (report !== null) return report
      }
    })

  return passes
}

type Run = <N extends keyof Activities>(
  name: N,
  input: Parameters<Activities[N]>[0],
) => Promise<Awaited<ReturnType<Activities[N]>>>

/** Failures are made here on purpose. */
const silent = new DefaultLogger('ERROR', () => undefined)
