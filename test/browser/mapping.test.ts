import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MappingShop, openMappingShop } from '../support/mapping-shop.ts'
import { axeLimitMs, brokenRules, browserProgram, openBrowser } from './browser.ts'

const program = browserProgram()

let shop: MappingShop
let browser: Browser

describe.skipIf(program === null)('mappings in a browser (skipped where there is no Chromium)', () => {
  beforeAll(async () => {
    shop = await openMappingShop()
    browser = await openBrowser(program ?? '')
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await shop.close()
  })

  it('are below 300 kB', async () => {
    for (const path of Object.values(shop.paths))
      expect((await (await fetch(shop.url + path)).arrayBuffer()).byteLength).toBeLessThan(300_000)
  })

  it.each(['light', 'dark'] as const)(
    'break no rule of accessibility in %s',
    { timeout: axeLimitMs },
    async (colorScheme) => {
      await withPage({ colorScheme, bypassCSP: true }, async (page) => {
        for (const path of Object.values(shop.paths)) {
          await page.goto(shop.url + path)
          expect(await brokenRules(page)).toEqual([])
        }
      })
    },
  )

  it('fit a telephone: only tables scroll sideways', async () => {
    await withPage({ viewport: { width: 390, height: 800 } }, async (page) => {
      for (const path of Object.values(shop.paths)) {
        await page.goto(shop.url + path)
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
        expect(wide).toBeLessThanOrEqual(await page.evaluate<number>('document.documentElement.clientWidth'))
      }
    })
  })

  it('take a suggestion by keyboard, and Enter in the reason presses nothing', async () => {
    await withPage({}, async (page) => {
      await page.getByRole('link', { name: /^From Icecat into/ }).click()
      await page.getByLabel('Reason that the file gives').fill('not ours')
      await page.keyboard.press('Enter')
      expect(await shop.read('icecat')).toBe(shop.texts.icecat)
      const accept = page.getByRole('button', { name: 'Accept: weight from feature/94' })
      await accept.focus()
      await page.keyboard.press('Enter')
      expect(await page.getByRole('status').innerText()).toContain(
        'attributes.weight is in mapping/shop.icecat.yaml',
      )
      expect(await shop.read('icecat')).toMatch(
        /^ {2}weight: \{ from: feature\/94, unit: KILOGRAM \} # 100 %/m,
      )
      expect(await accept.count()).toBe(0)
    })
  })

  it('show a product side by side', async () => {
    await withPage({}, async (page) => {
      await page.getByRole('link', { name: /to shop$/ }).click()
      await page.getByLabel('SKU', { exact: true }).fill('NL-DL7-W')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/mapping\/preview/)
      expect(await page.getByRole('table', { name: 'NL-DL7-W, side by side' }).innerText()).toContain(
        '2000000123462',
      )
    })
  })

  async function withPage(
    options: Parameters<Browser['newContext']>[0],
    use: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      const { url } = message.location()
      if (message.type() === 'error' && !url.endsWith('/favicon.ico')) problems.push(message.text())
    })
    try {
      await page.goto(shop.url)
      await use(page)
      expect(problems).toEqual([])
    } finally {
      await context.close()
    }
  }
})
