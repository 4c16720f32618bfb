import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { project, type Running, type TestProject, webshop } from '../client/harness.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { troubledHub } from '../support/troubled-hub.ts'
import { axeLimitMs, brokenRules, browserProgram, openBrowser } from './browser.ts'

const program = browserProgram()

const connections = Array.from({ length: 20 }, (_, n) => `live-${n + 1}`)

let database: FreshDatabase
let at: TestProject
let browser: Browser
let running: Running
let url: string

describe.skipIf(program === null)('the live page in a browser (skipped where there is no Chromium)', () => {
  beforeAll(async () => {
    database = await freshDatabase()
    at = await project({ databaseUrl: database.url, sections: webshop, connections })
    for (const connection of connections) await troubledHub(database, connection)
    running = at.start('serve', '--port', '0')
    await running.untilPrinted('http://')
    url = running.out().trim()
    browser = await openBrowser(program ?? '')
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    running.interrupt()
    await running.ended
    await at.remove()
    await database.drop()
  })

  it('is below 300 kB with twenty connections in trouble', async () =>
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBeLessThan(300_000))

  it('loads nothing from elsewhere, and no script but its own runs', async () => {
    await withPage({}, (_page, asked, problems) => {
      expect(asked.every((address) => address.startsWith(url) || address.endsWith('/favicon.ico'))).toBe(true)
      expect(problems).toEqual([])
      return Promise.resolve()
    })
  })

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility in %s',
    { timeout: axeLimitMs },
    async (colorScheme) => {
      await withPage({ colorScheme, bypassCSP: true }, async (page) => {
        for (const path of ['/', '/explain?connection=live-1&id=LAMP-2']) {
          await page.goto(url + path)
          expect(await brokenRules(page)).toEqual([])
        }
      })
    },
  )

  it('explains what a person looks for, by keyboard alone', async () => {
    await withPage({}, async (page) => {
      await page.getByRole('combobox', { name: 'Connection' }).selectOption('live-2')
      await page.getByLabel('SKU, code or uuid').fill('LAMP-2')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/explain\?/)
      expect(await page.locator('pre').innerText()).toContain('called gid-1 there')
      expect(await page.locator('h2').last().innerText()).toBe('LAMP-2 of live-2')
    })
  })

  it('tries rejected records again with one press, says so, and does it once', async () => {
    await withPage({}, async (page) => {
      await page.getByRole('button', { name: 'Try again: unit-unknown of live-3' }).click()
      const status = page.getByRole('status')
      expect(await status.innerText()).toContain(
        '40 records of live-3 are tried again by a poll that was started.',
      )
      expect(await status.locator('a').getAttribute('href')).toContain('pimflow%2Flive-3%2Fpoll-products')
      const [row] = await database.sql<{ n: number }[]>`
        select count(*)::int as n from rejection where connection = 'live-3' and next_attempt <= now()`
      expect(row?.n).toBe(40)
    })
  })

  it('lets a person decide', async () => {
    await withPage({}, async (page) => {
      await page.getByRole('button', { name: /^Reject: \d+ of live-4$/ }).click()
      expect(await page.getByRole('status').innerText()).toContain('of live-4 is rejected.')
      expect(await page.getByRole('button', { name: /^Reject: \d+ of live-4$/ }).count()).toBe(0)
    })
  })

  it('fits a telephone', async () => {
    await withPage({ viewport: { width: 390, height: 800 } }, async (page) => {
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
      expect(wide).toBeLessThanOrEqual(await page.evaluate<number>('document.documentElement.clientWidth'))
    })
  })

  async function withPage(
    options: Parameters<Browser['newContext']>[0],
    use: (page: Page, asked: string[], problems: string[]) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const asked: string[] = []
    const problems: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text())
    })
    try {
      await page.goto(url)
      await use(page, asked, problems)
    } finally {
      await context.close()
    }
  }
})
