import { rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { project, type TestProject, webshop } from '../client/harness.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { hostile, troubledHub } from '../support/troubled-hub.ts'
import { axeLimitMs, brokenRules, browserProgram, openBrowser } from './browser.ts'

const program = browserProgram()

/** Twenty connections in trouble: as long as the page gets for most who run it. */
const connections = Array.from({ length: 20 }, (_, n) => `trouble-${n + 1}`)

let database: FreshDatabase
let at: TestProject
let browser: Browser
let file: string

describe.skipIf(program === null)(
  'the morning page in a browser (skipped where there is no Chromium)',
  () => {
    beforeAll(async () => {
      database = await freshDatabase()
      at = await project({ databaseUrl: database.url, sections: webshop, connections })
      for (const connection of connections) await troubledHub(database, connection)
      file = join(dirname(at.config), 'report.html')
      const { code } = await at.run('report', '--out', file)
      expect(code).toBe(0)
      browser = await openBrowser(program ?? '')
    }, 120_000)
    afterAll(async () => {
      await browser.close()
      await rm(file, { force: true })
      await at.remove()
      await database.drop()
    })

    it('is below 300 kB with twenty connections in trouble', async () =>
      expect((await stat(file)).size).toBeLessThan(300_000))

    it('asks nobody for anything and runs nothing that others wrote', async () => {
      await withPage({}, async (page, asked) => {
        expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
        expect(await page.locator('script, img, iframe, object, embed, link').count()).toBe(0)
        expect(await page.locator('body').innerText()).toContain(hostile)
      })
    })

    it.each(['light', 'dark'] as const)(
      'breaks no rule of accessibility in %s',
      { timeout: axeLimitMs },
      async (colorScheme) => {
        await withPage({ colorScheme }, async (page) => {
          expect(await brokenRules(page)).toEqual([])
        })
      },
    )

    it('uses the colours that the desktop prefers', async () => {
      const ground = (colorScheme: 'light' | 'dark') =>
        withPage({ colorScheme }, (page) => page.evaluate('getComputedStyle(document.body).backgroundColor'))
      expect(await ground('light')).toBe('rgb(246, 247, 249)')
      expect(await ground('dark')).toBe('rgb(17, 21, 27)')
    })

    it('fits a telephone: only tables scroll sideways', async () => {
      await withPage({ viewport: { width: 390, height: 800 } }, async (page) => {
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
        const seen = await page.evaluate<number>('document.documentElement.clientWidth')
        expect(wide).toBeLessThanOrEqual(seen)
      })
    })

    it('leads from what needs a person to the connection it is about', async () => {
      await withPage({}, async (page) => {
        await page.locator('#todo ~ ul a').first().click()
        expect(new URL(page.url()).hash).toBe('#trouble-1')
        expect(await page.locator('h2#trouble-1').isVisible()).toBe(true)
      })
    })

    async function withPage<T>(
      options: Parameters<Browser['newContext']>[0],
      use: (page: Page, asked: string[]) => Promise<T>,
    ): Promise<T> {
      // The page forbids scripts; axe is one, and gets in beside that.
      const context = await browser.newContext({ bypassCSP: true, ...options })
      const page = await context.newPage()
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      try {
        await page.goto(pathToFileURL(file).href)
        return await use(page, asked)
      } finally {
        await context.close()
      }
    }
  },
)
