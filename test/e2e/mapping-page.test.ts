import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, secretOf } from '../client/ask-page.ts'
import { type MappingShop, openMappingShop } from '../support/mapping-shop.ts'
import { until } from '../support/until.ts'

let shop: MappingShop

beforeAll(async () => {
  shop = await openMappingShop()
}, 120_000)
afterAll(() => shop.close())
beforeEach(async () => {
  await shop.write('hub', shop.texts.hub)
  await shop.write('icecat', shop.texts.icecat)
})

type Which = 'hub' | 'icecat'

const page = async (which: Which) => (await ask(shop.url, shop.paths[which])).body

/** What stands in the page's form. */
function formOf(body: string, which: Which): Record<string, string> {
  const [, mark = ''] = /name="mark" value="([^"]*)"/.exec(body) ?? []
  const of = which === 'hub' ? 'output/shop' : 'icecat'
  return { secret: secretOf(body), connection: shop.pipeline.connection, of, mark, reason: 'not wanted' }
}

/** The value of the button that is read aloud so. */
function button(body: string, label: string): string {
  const [, value] = new RegExp(`name="do" value="([^"]+)" aria-label="${label}"`).exec(body) ?? []
  if (value === undefined) throw new Error(`There is no button ${label}`)
  return value
}

async function press(which: Which, body: string, fields: Record<string, string>): Promise<string> {
  const {
    status,
    headers,
    body: answer,
  } = await ask(shop.url, '/mapping', {
    form: { ...formOf(body, which), ...fields },
  })
  if (status !== 303) throw new Error(`${status}: ${answer}`)
  return (await ask(shop.url, String(headers['location']))).body
}

/** What the table of attributes says of one. */
const stateOf = (body: string, code: string) =>
  new RegExp(
    `<td>${code}(?:<br /><small>[^<]*</small>)?</td><td>[^<]*</td><td class="figure">[^<]*</td><td><span class="chip \\w+">(\\w+)<`,
  ).exec(body)?.[1]

/** Lines that one has and the other lacks. */
function linesBetween(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ]
}

describe('the mapping of an output on the live page', () => {
  it('is led to from the morning page', async () =>
    expect((await ask(shop.url, '/')).body).toContain(`href="${shop.paths.hub.replace('&', '&amp;')}"`))

  it('shows where each attribute goes, how full it is, and what is likely', async () => {
    const body = await page('hub')
    expect(body).toContain('The file is what records are made by.')
    expect(body).toMatch(/<td>ean<br \/><small>[^<]+<\/small><\/td><td>[^<]+<\/td><td class="figure">\d+ %/)
    expect(body).toContain('brand: { from: brand, as: label }')
    expect(stateOf(body, 'notice')).toBe('unmapped')
    expect(stateOf(body, 'collection')).toBe('ignored')
    expect(stateOf(body, 'ean')).toBe('mapped')
    expect(stateOf(body, 'main_color')).toBe('through')
    expect(body).toMatch(/<td>product.brand<\/td><td><span class="chip plain">nothing/)
  })

  it('takes a suggestion into its file as one line, and then proposes it no longer', async () => {
    const before = await page('hub')
    const after = await press('hub', before, { do: button(before, 'Accept: product.brand from brand') })
    expect(after).toContain('product.brand is in mapping/shop.hub.yaml now. Nothing is applied by that.')
    expect(linesBetween(shop.texts.hub, await shop.read('hub'))).toEqual([
      expect.stringMatching(
        /^\+ {2}brand: \{ from: brand, as: label \} # a select named like a brand; filled in /,
      ),
    ])
    expect(after).not.toContain('Accept: product.brand')
    expect(after).toContain('The file says something else than what is applied; it was not compared yet.')
    expect(after).toContain('Raise the version to 4')
  })

  it('leaves an attribute out on purpose', async () => {
    const before = await page('hub')
    await press('hub', before, { do: button(before, 'Leave out: notice') })
    expect(linesBetween(shop.texts.hub, await shop.read('hub'))).toEqual([
      '-  except: [collection]',
      '+  except: [collection, notice]',
    ])
    expect(stateOf(await page('hub'), 'notice')).toBe('ignored')
  })

  it('keeps what an editor has saved meanwhile, and shows it', async () => {
    const before = await page('hub')
    const saved = shop.texts.hub.replace('Made of {material|label}', 'Of {material|label}')
    await shop.write('hub', saved)
    const { status, body } = await ask(shop.url, '/mapping', {
      form: { ...formOf(before, 'hub'), do: button(before, 'Leave out: notice') },
    })
    expect(status).toBe(409)
    expect(body).toContain('mapping/shop.hub.yaml has changed since this page was made. Nothing was written')
    expect(await shop.read('hub')).toBe(saved)
    await press('hub', body, { do: button(body, 'Leave out: notice') })
    expect(await shop.read('hub')).toContain('except: [collection, notice]')
  })

  it.each([
    ['accept nonsense', 404],
    ['ignore sku', 404],
    ['ignore no_such_attribute', 404],
  ])('does not do what it does not propose: %s', async (what, status) => {
    const answer = await ask(shop.url, '/mapping', {
      form: { ...formOf(await page('hub'), 'hub'), do: what },
    })
    expect(answer.status).toBe(status)
    expect(await shop.read('hub')).toBe(shop.texts.hub)
  })

  it('says with its line what is wrong with the file, and mends nothing', async () => {
    const wrong = shop.texts.hub.replace('sku:', 'skew:')
    await shop.write('hub', wrong)
    expect(await page('hub')).toMatch(/shop\.hub\.yaml:\d+ +product\.skew/)
  })

  it('is tried on a product', async () => {
    const before = await page('hub')
    const asked = { ...formOf(before, 'hub'), id: 'NL-DL7-W' }
    const { body } = await ask(shop.url, '/mapping/preview', { form: asked })
    expect(body).toContain('<b>NL-DL7-W</b>: active')
    expect(body).toMatch(/<td>ean: 2000000123462<\/td><td>product\.barcode<\/td><td>2000000123462<\/td>/)
  })

  it('is compared, waits for a word above the guard, and is applied by it', async () => {
    const before = await page('hub')
    const accepted = await press('hub', before, { do: button(before, 'Accept: product.brand from brand') })
    const raised = await press('hub', accepted, { do: 'raise' })
    expect(await shop.read('hub')).toMatch(/^version: 4$/m)
    const { pipeline } = shop
    const [file] = [await shop.read('hub')]
    expect(await press('hub', raised, { do: 'compare' })).toContain('is compared with all stored records')
    await until(async () => (await page('hub')).includes('would change:'), 'the comparison is shown', 30_000)
    const compared = await page('hub')
    expect(compared).toMatch(/\d+ of \d+ records would change: [\d.]+ %/)
    expect(compared).toMatch(/<td>brand<\/td><td>–<\/td><td>\{/)
    expect(await press('hub', compared, { do: 'apply' })).toContain(
      'applied unless that would change too many',
    )
    await until(async () => (await page('hub')).includes('>held<'), 'it waits for a person', 30_000)
    const held = await page('hub')
    const [, action = ''] = /name="action" value="(approve [^"]+ m\d+)"/.exec(held) ?? []
    const { status } = await ask(shop.url, '/act', { form: { secret: secretOf(held), action } })
    expect(status).toBe(303)
    await until(
      async () => (await page('hub')).includes('The file is what records are made by.'),
      'it is applied',
      30_000,
    )
    const [row] = await pipeline.database.sql<{ mapping: string }[]>`
      select mapping from output_mapping where connection = ${pipeline.connection} and output = 'shop'`
    expect(row?.mapping).toBe(file)
  })
})

describe('the mapping from Icecat on the live page', () => {
  it('shows both sides with scores and reasons', async () => {
    const body = await page('icecat')
    expect(body).toMatch(
      /<td>attributes\.weight<\/td><td><code>\{ from: feature\/94, unit: KILOGRAM \}<\/code><\/td><td class="figure">100 %<\/td>/,
    )
    expect(body).toMatch(
      /<td>power<br \/><small>[^<]+<\/small><\/td><td>metric<\/td><td class="figure">[^<]+<\/td><td><code>\{ from: feature\/445, unit: WATT \}<\/code><\/td><td>[^<]+<\/td>/,
    )
    expect(body).toContain('sizes stand on their own')
  })

  it('takes a suggestion with its score, and ignores a feature with a person’s reason', async () => {
    const before = await page('icecat')
    const accepted = await press('icecat', before, { do: button(before, 'Accept: weight from feature/94') })
    const [, feature = ''] = /name="do" value="ignore (feature\/\d+)"/.exec(accepted) ?? []
    const nothing = await ask(shop.url, '/mapping', {
      form: { ...formOf(accepted, 'icecat'), do: `ignore ${feature}`, reason: ' ' },
    })
    expect(nothing.status).toBe(422)
    expect(nothing.body).toContain('Say why')
    await press('icecat', accepted, { do: `ignore ${feature}`, reason: `it's "ours"` })
    expect(linesBetween(shop.texts.icecat, await shop.read('icecat'))).toEqual([
      "-ignore: { feature/49: 'sizes stand on their own', feature/2705: 'on the label' }",
      expect.stringMatching(/^\+ {2}weight: \{ from: feature\/94, unit: KILOGRAM \} # 100 %: /),
      `+ignore: { feature/49: 'sizes stand on their own', feature/2705: 'on the label', ${feature}: 'it''s "ours"' }`,
    ])
    expect(await page('icecat')).toContain('it&#39;s &quot;ours&quot;')
  })

  it('is applied, and shows what a later file would change', async () => {
    expect(await press('icecat', await page('icecat'), { do: 'apply' })).toContain(
      'is what products are judged by from now on',
    )
    const before = await page('icecat')
    expect(before).toContain('The file is what products are judged by.')
    const accepted = await press('icecat', before, { do: button(before, 'Accept: weight from feature/94') })
    expect(accepted).toMatch(
      /<td>attributes\.weight<\/td><td>.*?nothing.*?<\/td><td><code>\{ from: feature\/94/s,
    )
    expect(accepted).not.toContain('value="apply"')
    const raised = await press('icecat', accepted, { do: 'raise' })
    expect(await press('icecat', raised, { do: 'apply' })).toContain('version 2')
  })

  it('is tried on a product', async () => {
    const asked = { ...formOf(await page('icecat'), 'icecat'), id: 'NL-DL9-B' }
    const { body } = await ask(shop.url, '/mapping/preview', { form: asked })
    expect(body).toMatch(/<b>NL-DL9-B<\/b>: sheet \d+/)
    expect(body).toMatch(/<td>feature\/445: [^<]+<\/td>/)
  })
})

describe('the mappings in a file', () => {
  it('are the same to read, without buttons', async () => {
    const file = join(dirname(shop.at.config), 'page.html')
    expect((await shop.at.run('report', '--mappings', '--out', file)).code).toBe(0)
    const body = await readFile(file, 'utf8')
    expect(body).toContain('brand: { from: brand, as: label }')
    expect(body).toContain('{ from: feature/94, unit: KILOGRAM }')
    expect(body).toContain('pimflow mapping apply --icecat')
    expect(body).not.toMatch(/<(form|button|input|script)/)
    const { value } = await shop.at.json('report', '--mappings')
    expect((value as { mappings: { kind: string }[] }).mappings.map(({ kind }) => kind)).toEqual([
      'hub',
      'icecat',
    ])
  })
})
