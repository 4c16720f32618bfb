import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barChart, stemChart } from '../../client/report/chart.ts'
import { markup, link } from '../../client/report/markup.ts'
import { evenStep, evenTimes, niceEnd, short, timeLabel } from '../../client/report/scale.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { hostile, troubledHub } from '../support/troubled-hub.ts'
import { nowhere, project, type TestProject, webshop } from './harness.ts'

let database: FreshDatabase
let at: TestProject
let folder: string

beforeAll(async () => {
  database = await freshDatabase()
  at = await project({ databaseUrl: database.url, sections: webshop })
  folder = join(dirname(at.config), 'pages')
  await troubledHub(database, at.taskQueue)
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await at.remove()
  await database.drop()
})

async function page(...flags: string[]): Promise<string> {
  const file = join(folder, `${flags.join('')}page.markup`)
  const { code } = await at.run('report', '--out', file, ...flags)
  expect(code).toBe(0)
  return readFile(file, 'utf8')
}

/** As a person reads it: tags away, entities back. */
const textOf = (markup: string) =>
  markup
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

describe('report', () => {
  it('writes a page with what a person should do first, each with its command', async () => {
    const text = textOf(await page())
    const option = `--connection ${at.taskQueue}`
    for (const sentence of [
      'No worker takes work pimflow worker',
      `1 record would be retired, which waits for your word pimflow approvals show 1 ${option}`,
      `Rejected records wait for a person pimflow rejections ${option}`,
      `webshop refused 1 record pimflow deliver --refused --destination webshop ${option}`,
      `webshop has not been sent what changed 80 min ago pimflow deliver --destination webshop ${option}`,
      '95 min, late',
    ])
      expect(text).toContain(sentence)
  })

  it.each([
    ['how far behind', '95 min behind (up to '],
    ['what is in the hub', 'shop: 12 products, 0 groups, 0 categories, 0 attributes; feed at 12'],
    ['what waits', '1 record waits for a product that it names'],
    ['volumes', '280 records read, 230 of them changed'],
    ['speed', 'the fastest 4.7 records a second'],
    ['a run and its counts', '280 read, 230 changed, 12 published'],
    ['a run that failed', 'poll'],
    ['a run that was ended from outside', 'ended from outside'],
    ['runs that found nothing', 'And 1 run that found nothing to do.'],
    ['rejections by reason', 'unit-unknown since'],
    ['the remedy and the retry', 'Fix it in Akeneo pimflow rejections retry --filter reason=unit-unknown'],
    ['reasons beyond the list', '7 further reasons: pimflow rejections'],
    ['links that wait', 'related.upSell shop'],
    ['plans', 'pimflow approvals approve 1'],
    ['a delivery', 'at 5 of 12: 7 to send, the first for 80 min'],
    ['what a destination refused', '1 refused or behind a refused one'],
    ['drift', 'What reconciles found that no poll had brought'],
    ['schedules', 'not applied: pimflow schedules apply'],
  ])('shows %s', async (_, text) => expect(textOf(await page())).toContain(text))

  it('prints what others wrote as text, wherever it stands', async () => {
    const markup = await page()
    expect(markup).not.toMatch(/<(script|img)/i)
    // The reason, a code, a text, a remedy, a plan's reason, a refusal, a link's reason and target.
    expect(textOf(markup).split(hostile).length - 1).toBeGreaterThanOrEqual(8)
  })

  it('is one file that runs nothing and asks nobody for anything', async () => {
    const markup = await page()
    expect(markup).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(markup).not.toMatch(/\b(src|xlink:href|srcset|action)=(?!x )/)
    expect(markup).not.toMatch(/@import|url\(/)
    for (const [, href = ''] of markup.matchAll(/<a href="([^"]*)"/g))
      expect(href).toMatch(/^(#|http:\/\/localhost:8233\/namespaces\/default\/workflows\/pimflow%2F)/)
  })

  it('looks back as far as it is told', async () => {
    const text = textOf(await page('--since', '90m'))
    expect(text).toContain('and the 90 min before')
    expect(text).not.toContain('280 records read')
  })

  it('gives a program the facts, and writes no file unless it says where', async () => {
    expect(await at.json('report')).toMatchObject({
      code: 0,
      value: {
        file: null,
        connections: [
          {
            connection: at.taskQueue,
            volumes: [{ read: 100 }, { read: 100 }, { read: 80, changed: 30 }],
            rejectionGroups: [
              { reason: 'unit-unknown', count: 40, remedy: 'Fix it in Akeneo' },
              {},
              {},
              {},
              {},
              {},
              {},
            ],
            pending: [{ field: 'related.upSell', count: 3 }],
            drift: [{ changed: 3, unknown: 1, missing: 2 }],
            deliveries: [{ destination: 'webshop', position: '5', last: '12', refused: 1 }],
          },
        ],
      },
    })
  })

  it('shows what the hub knows while Temporal is down, and ends as one that could not reach it', async () => {
    const down = await project({
      taskQueue: at.taskQueue,
      databaseUrl: database.url,
      temporalAddress: nowhere,
    })
    const file = join(folder, 'down.html')
    const { code } = await down.run('report', '--out', file)
    expect(code).toBe(5)
    const text = textOf(await readFile(file, 'utf8'))
    expect(text).toContain(`No Temporal server answers at ${nowhere}`)
    expect(text).toContain('95 min behind')
    await down.remove()
  })

  it.each(['yesterday', '0h', '2026-13-40'])('refuses --since %s', async (since) => {
    const { code, err } = await at.run('report', '--since', since)
    expect(err).toContain('Expected is 90m, 24h, 7d, or an instant')
    expect(code).toBe(2)
  })

  it('refuses a time that has not come', async () => {
    const { code, err } = await at.run('report', '--since', '2999-01-01')
    expect(err).toBe('pimflow: --since must name an instant that has passed')
    expect(code).toBe(2)
  })
})

describe('status and explain', () => {
  it('shows how far each destination is, and what it refused', async () => {
    const { out } = await at.run('status')
    expect(out).toMatch(
      /deliveries\n +webshop {2}at 5 of 12: 7 to send, the first for 80 min {2}took the last \d+ s ago {2}1 refused or behind/,
    )
    expect(out).toContain('> webshop refused 1 record: pimflow deliver --refused --destination webshop')
  })

  it.each([
    [hostile, `refused: ${hostile} (tried 1 time, next in 4 min)`],
    ['LAMP-2', 'delivered 4 s ago, called gid-1 there'],
    ['LAMP-9', 'not sent yet: the destination is at 5 of the feed'],
  ])('says of %s how it stands at a destination', async (name, how) => {
    const { out } = await at.run('explain', name)
    const text = out
      .replace(/next in \d+ (s|min)/, 'next in 4 min')
      .replace(/delivered \d+ s/, 'delivered 4 s')
    expect(text).toMatch(/at webshop \(shop\) +/)
    expect(text).toContain(how)
  })
})

describe('markup', () => {
  it('escapes text, passes on markup, joins lists and leaves out what is absent', () =>
    expect(
      markup`<p title="${hostile}">${[markup`<b>${'a & b'}</b>`, 1, null, false, undefined, 2n]}</p>`.text,
    ).toBe(
      '<p title="&quot;&gt;&lt;script&gt;x(&#39;1&#39;)&lt;/script&gt;&lt;img src=x onerror=&quot;y()&quot;&gt;&amp;lt;"><b>a &amp; b</b>12</p>',
    ))

  it('replaces what may not stand in a document', () =>
    expect(markup`${'a\u0000b\u001bc\td'}`.text).toBe('a\ufffdb\ufffdc\td'))

  it('links to the web and to nothing else', () => {
    expect(link('https://temporal.example/a?b&c', 'run').text).toBe(
      '<a href="https://temporal.example/a?b&amp;c" rel="noreferrer">run</a>',
    )
    expect(link('javascript:alert(1)', 'run').text).toBe('run')
  })
})

describe('axes', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 5],
    [12, 20],
    [21, 25],
    [0.03, 0.05],
    [999, 1000],
    [1001, 2000],
  ])('end for %d at %d', (value, end) => expect(niceEnd(value)).toBeCloseTo(end, 10))

  it.each([
    [24, 48, 0.5],
    [24, 7, 6],
    [168, 48, 6],
    [24 * 365 * 3, 48, 24 * 28],
  ])('divide %d hours into at most %d steps of %d hours', (hours, most, step) =>
    expect(evenStep(hours * 3_600_000, most)).toBe(step * 3_600_000),
  )

  it('name times, and the day where it changes', () => {
    const times = evenTimes(new Date('2026-11-24T15:50:00Z'), new Date('2026-11-25T15:50:00Z'), 7)
    expect(times.map(timeLabel)).toEqual(['18:00', '25 Nov', '06:00', '12:00'])
  })

  it.each([
    [0, '0'],
    [2.5, '2.5'],
    [5000, '5000'],
    [12_500, '13k'],
    [2_000_000, '2M'],
  ])('print %d as %s', (n, text) => expect(short(n)).toBe(text))
})

describe('charts', () => {
  const frame = {
    from: new Date('2026-11-24T00:00:00Z'),
    to: new Date('2026-11-25T00:00:00Z'),
    title: hostile,
    unit: 'records',
  }

  it('draws a bar as high as its value, and its part within', () => {
    const bars = [{ from: new Date('2026-11-24T12:00:00Z'), total: 10, part: 5, label: hostile }]
    const { text } = barChart(frame, bars, 1_800_000)
    const heights = [...text.matchAll(/<rect[^>]*\sheight="([\d.]+)"/g)].map(([, h]) => Number(h))
    expect(heights).toEqual([142, 71])
    expect(text).not.toContain('<script')
  })

  it('draws a stem for each point, within the frame even when it lies before', () => {
    const points = [{ at: new Date('2026-11-23T00:00:00Z'), value: 100, label: 'early' }]
    expect(stemChart(frame, points).text).toContain('cx="52"')
  })
})
