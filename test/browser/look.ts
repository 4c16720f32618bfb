import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runDemo } from '../../client/demo/run-demo.ts'
import { openStage } from '../../client/demo/stage.ts'
import { workflowId } from '../../contracts/names.ts'
import { installRuntime } from '../../workers/telemetry.ts'

/**
 * Pictures of what an operator sees in Temporal's web UI after the tour, taken by a headless Chromium:
 * `npx tsx test/browser/look.ts <folder> [catalog]`. To be looked at by a person; nothing is compared.
 */
const [folder = 'out/pictures', catalog = 'examples/catalog'] = process.argv.slice(2)
const onProgress = (text: string) => console.error(text)

installRuntime({ logLevel: 'error' })
const stage = await openStage({ catalog, onProgress })
try {
  await runDemo(stage, { onProgress })
  if (stage.webUrl === undefined) throw new Error('This Temporal server has no web pages')
  const { connection, client, webUrl } = stage
  const pages = new URL(webUrl).origin
  const load = await client.workflow.getHandle(workflowId(connection, 'load-products')).describe()
  const categories = await client.workflow
    .getHandle(workflowId(connection, 'initialize-categories'))
    .describe()
  const run = ({ workflowId: id, runId }: typeof load) => `${webUrl}/${encodeURIComponent(id)}/${runId}`
  await mkdir(folder, { recursive: true })
  await photograph(webUrl, join(folder, 'workflows.png'))
  await photograph(`${run(load)}/history`, join(folder, 'load-history.png'))
  await photograph(`${run(load)}/user-metadata`, join(folder, 'load-details.png'))
  await photograph(`${run(categories)}/relationships`, join(folder, 'categories-children.png'))
  await photograph(`${pages}/namespaces/default/schedules`, join(folder, 'schedules.png'))
} finally {
  await stage.close()
}

async function photograph(url: string, file: string): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'pimflow-browser-'))
  const browser = spawn(
    process.env['CHROMIUM'] ?? 'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${profile}`,
      '--window-size=1500,1000',
      // The pages fetch what they show; this much of the browser's own time lets them finish.
      '--virtual-time-budget=15000',
      `--screenshot=${file}`,
      url,
    ],
    { stdio: 'ignore' },
  )
  const [code] = (await once(browser, 'exit')) as [number | null]
  await rm(profile, { recursive: true, force: true })
  if (code !== 0)
    throw new Error(
      `chromium ended with ${code ?? 'a signal'}: is it installed (Debian: apt-get install chromium)?`,
    )
  console.log(file)
}
