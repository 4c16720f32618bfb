import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runDemo } from '../../client/demo/run-demo.ts'
import { onStage } from '../../client/demo/stage.ts'
import { runCommandLine } from '../../client/program.ts'
import { processTerminal } from '../../client/support/terminal.ts'
import { workflowId } from '../../contracts/names.ts'
import { installRuntime } from '../../workers/telemetry.ts'
import { browserProgram, openBrowser } from './browser.ts'

/**
 * The pictures of the documentation, as they are after the tour: `npm run pictures -- [folder]`. To be looked at by a person before they are
 * committed; nothing is compared.
 */
const [folder = 'docs/pictures'] = process.argv.slice(2)
const onProgress = (text: string) => console.error(text)

const program = browserProgram()
if (program === null) throw new Error('No Chromium on PATH (Debian: apt-get install chromium)')
installRuntime({ logLevel: 'error' })
const made = await mkdtemp(join(tmpdir(), 'pimflow-pictures-'))
const browser = await openBrowser(program)
try {
  await onStage({ catalog: 'examples/catalog', onProgress }, async (stage) => {
    await runDemo(stage, { onProgress })
    const { connection, client, webUrl } = stage
    if (webUrl === undefined) throw new Error('This Temporal server has no web pages')
    await mkdir(folder, { recursive: true })

    const { workflowId: id, runId } = await client.workflow
      .getHandle(workflowId(connection, 'load-products'))
      .describe()
    await photograph(`${webUrl}/${encodeURIComponent(id)}/${runId}/history`, 'load', 'Completed')

    const report = join(made, 'report.html')
    const words = ['report', '--config', await stage.writeConfig(), '--out', report]
    if ((await runCommandLine(words, processTerminal())) !== 0) throw new Error('There is no report')
    await photograph(pathToFileURL(report).href, 'morning-page', connection)
  })
} finally {
  await browser.close()
  await rm(made, { recursive: true, force: true })
}

/** Once the words are there. */
async function photograph(url: string, name: string, words: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: 'light' })
  await page.goto(url)
  await page.getByText(words).first().waitFor()
  await page.waitForLoadState('networkidle')
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path })
  await page.close()
  console.log(path)
}
