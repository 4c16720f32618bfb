import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

const programs = ['chromium', 'chromium-browser', 'google-chrome']

/** The browser that CHROMIUM names, else one on PATH; null: tests that need it are skipped. One that is named must be there. */
export function browserProgram(): string | null {
  if (env['CHROMIUM']) return env['CHROMIUM']
  const folders = (env['PATH'] ?? '').split(delimiter)
  const found = programs.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  return found ?? null
}

/** Headless; in a container there is no sandbox for it to make. */
export const openBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** axe looks at each element of a page: tens of seconds for thousands of rows on a busy machine. Unit ms. */
export const axeLimitMs = 120_000

/** What axe finds wrong, with the first place of each: WCAG 2.2 AA and what axe holds for good practice, contrast among them. */
export async function brokenRules(page: Page): Promise<string[]> {
  const violations = await page.evaluate<AxeResults['violations']>(
    `${axe}; axe.run().then((results) => results.violations)`,
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
}
