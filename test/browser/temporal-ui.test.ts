import { WorkflowFailedError } from '@temporalio/client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applySchedules, deleteSchedule, scheduleNames } from '../../client/support/schedules.ts'
import {
  startCategories,
  startEnrichment,
  startFullLoad,
  startPoll,
  startReconcile,
  type WorkflowStart,
} from '../../client/support/starts.ts'
import type { TemporalPlace } from '../../client/support/temporal.ts'
import { who } from '../../client/support/who.ts'
import { startWork, type Work } from '../../client/support/work.ts'
import { connectionOf } from '../../config.ts'
import { scheduleId } from '../../contracts/names.ts'
import { apiOf } from '../simulator/api.ts'
import { readText } from '../packaging/files.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { browserProgram, openBrowser } from './browser.ts'

const program = browserProgram()
/** Empty where the environment names a server of its own, whose pages are somewhere else. */
const webUrl = inject('temporalUiUrl')

/** What docs/operating.md tells people to save as views. */
const views = [
  ...readText('docs/operating.md').matchAll(/^\| (.+?) +\| `(.*(?:Pimflow|Execution).*)` +\|$/gm),
].map(([, name = '', query = '']) => ({ name, query }))

describe.skipIf(program === null || webUrl === '')(
  'Temporal’s web UI (skipped where there is no Chromium, or a server without pages)',
  () => {
    let pipeline: Pipeline
    let browser: Browser
    let categories: Work
    let poll: Work
    let enrichment: Work
    let running: Work

    beforeAll(async () => {
      const mapping = readText('examples/mapping/northlamp.icecat.yaml')
      pipeline = await openPipeline({
        icecat: { mapping, settings: { apiToken: '00000000-0000-4000-8000-000000000000' } },
      })
      const { akeneo, connection, client } = pipeline
      categories = await ended(startCategories(connection))
      await ended(startFullLoad(connection))
      poll = await ended(startPoll(connection))
      enrichment = await ended(startEnrichment(connection))
      await deleteProducts(50)
      await ended(startReconcile(connection))
      akeneo.fault({ path: '/api/rest/v1/products-uuid*', query: 'search_after=', delayMs: 120_000 })
      running = await start(startFullLoad(connection))
      await applySchedules(client, connectionOf(pipeline.config, connection), {
        taskQueue: pipeline.taskQueue,
        by: who(),
      })
      browser = await openBrowser(program ?? '')
    }, 120_000)
    afterAll(async () => {
      await browser.close()
      pipeline.akeneo.clearFaults()
      const { client, connection } = pipeline
      for (const name of scheduleNames) await deleteSchedule(client, scheduleId(connection, name))
      await client.workflow.getHandle(running.workflowId).terminate()
      await pipeline.close()
    })

    it('finds a run by its workflow id, and shows what it took and answered', async () => {
      await withPage(list(`WorkflowId="${categories.workflowId}"`), async (page) => {
        await page.getByRole('link', { name: categories.workflowId }).first().click()
        await shows(
          page,
          'Completed',
          categories.workflowId,
          'initializeCategories',
          '"outcome": "done"',
          '"trees": 2',
        )
      })
    })

    it('says of a run in words what it is, by search attributes how it ended, and who started it', async () => {
      await withPage(poll.webUrl, async (page) => {
        await page.getByRole('tab', { name: 'User Metadata' }).click()
        await shows(
          page,
          `changes of ${pipeline.connection}`,
          `Changes of ${pipeline.connection}`,
          'outcome',
          'done',
        )
        await page.getByRole('tab', { name: 'Search Attributes' }).click()
        await shows(
          page,
          `"PimflowConnection": "${pipeline.connection}"`,
          '"PimflowProcess": "poll-products"',
          '"PimflowOutcome": "done with rejections"',
          '"PimflowRejected": 1',
        )
        await page.getByRole('tab', { name: 'Memo' }).click()
        await shows(page, `"startedBy": "${who()}"`)
      })
    })

    it('shows how far a running load is, and what its activities are at, in words', async () => {
      await withPage(running.webUrl, async (page) => {
        await page.getByRole('tab', { name: 'User Metadata' }).click()
        await shows(
          page,
          'Running',
          `Full load of ${pipeline.connection}`,
          'step',
          'reading',
          'readers',
          'rejected',
        )
        await shows(page, 'slices by the time of creation', `products of ${pipeline.connection}, reader 1`)
      })
    })

    it('says of an enrichment that failed what to do', async () => {
      await withPage(enrichment.webUrl, (page) =>
        shows(page, 'Failed', 'Icecat refuses user, password or token: check icecat.username'),
      )
    })

    it('lists the schedules with what each starts', async () => {
      const query = encodeURIComponent(`PimflowConnection="${pipeline.connection}"`)
      await withPage(`${webUrl}/namespaces/default/schedules?query=${query}`, async (page) => {
        await shows(page, scheduleId(pipeline.connection, 'poll'), 'pollProducts')
        await shows(page, scheduleId(pipeline.connection, 'enrich'), 'enrichCatalog')
      })
    })

    it('has views to save', () => expect(views.length).toBeGreaterThan(4))

    it.each(views)('$name: $query', async ({ query }) => {
      const here = query.replaceAll('acme', pipeline.connection)
      await withPage(list(here), (page) =>
        page
          .getByRole('link', { name: `pimflow/${pipeline.connection}/` })
          .first()
          .waitFor(),
      )
    })

    const list = (query: string) =>
      `${webUrl}/namespaces/default/workflows?query=${encodeURIComponent(query)}`

    function start(what: WorkflowStart): Promise<Work> {
      const place: TemporalPlace = {
        address: inject('temporalAddress'),
        namespace: 'default',
        taskQueue: pipeline.taskQueue,
        webUrl,
        connectionOptions: {},
      }
      return startWork(pipeline.client, place, what)
    }

    /** Runs it to its end, good or bad; the address is that of this run, whatever runs under its id afterwards. */
    async function ended(what: WorkflowStart): Promise<Work> {
      const work = await start(what)
      const handle = pipeline.client.workflow.getHandle(work.workflowId, work.runId)
      await handle.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowFailedError)) throw error
      })
      return { ...work, webUrl: `${work.webUrl}/${work.runId}` }
    }

    /** More than a reconcile may take for granted. */
    async function deleteProducts(count: number): Promise<void> {
      const api = await apiOf(pipeline.akeneo)
      const { body } = await api.get(`/products-uuid?limit=${count}`)
      for (const { uuid = '' } of body._embedded?.items ?? []) await api.delete(`/products-uuid/${uuid}`)
    }

    async function withPage(url: string, use: (page: Page) => Promise<unknown>): Promise<void> {
      const page = await browser.newPage({ viewport: { width: 1500, height: 1200 } })
      try {
        await page.goto(url)
        await use(page)
      } finally {
        await page.close()
      }
    }
  },
)

/** Waits until a person could read all of it; texts in Markdown stand in frames of their own. */
async function shows(page: Page, ...texts: string[]): Promise<void> {
  let missing = texts
  const read = async () => {
    const parts = await Promise.all(
      // A frame may go while it is read.
      page.frames().map((frame) =>
        frame
          .locator('body')
          .innerText()
          .catch(() => ''),
      ),
    )
    const shown = parts.join('\n')
    missing = texts.filter((text) => !shown.includes(text))
    return missing.length === 0
  }
  await until(read, `the page shows ${texts.join(', ')}`).catch((error: unknown) => {
    throw new Error(`${page.url()} does not show ${missing.join(', ')}`, { cause: error })
  })
}
