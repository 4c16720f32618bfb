import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { harmless } from '../../client/support/terminal.ts'
import { csvText } from '../../domain/csv.ts'
import { apiOf } from '../simulator/api.ts'
import { project, type TestProject } from '../client/harness.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const markup = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
const statement = "' or 1=1 -- drop table source_record"
const skus = [markup, statement, '../../admin', '%2e%2e', '$(reboot)', '{{7*7}}', '__proto__']

describe('codes and names that are more than text elsewhere', () => {
  let pipeline: Pipeline
  let commands: TestProject
  beforeAll(async () => {
    pipeline = await openPipeline()
    const api = await apiOf(pipeline.akeneo)
    for (const sku of skus) {
      const created = await api.post('/products-uuid', {
        family: 'lamps',
        values: {
          sku: [{ locale: null, scope: null, data: sku }],
          name: [{ locale: null, scope: null, data: markup }],
        },
      })
      expect(created.status, JSON.stringify(created.body)).toBe(201)
    }
    await pipeline.initializeCategories()
    await pipeline.load()
    const { connection, taskQueue, database, akeneo } = pipeline
    commands = await project({
      connections: [connection],
      taskQueue,
      databaseUrl: database.url,
      akeneo: { url: akeneo.url, ...akeneo.credentials },
    })
  }, 60_000)
  afterAll(async () => {
    await commands.remove()
    await pipeline.close()
  })

  it('is carried as it is by SQL, by addresses and by workflow ids', async () => {
    const { sql } = pipeline.database
    for (const sku of skus) {
      const [row] = await sql`select code from source_record where stream = 'products' and code = ${sku}`
      expect(row, sku).toBeDefined()
      const shown = await commands.run('show', sku)
      expect(shown.code, shown.err).toBe(0)
      const synced = await commands.run('sync', sku)
      expect([0, 3], synced.err).toContain(synced.code)
    }
  }, 60_000)
})

describe('a cell that a spreadsheet would run', () => {
  it.each([
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['+1+cmd', "'+1+cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-2+3+cmd', "'-2+3+cmd"],
    ['\tx', "'\tx"],
    ['-2.5', '-2.5'],
    ['-', "'-"],
    ['a;b', '"a;b"'],
  ])('%s is text', (text, cell) => {
    expect(csvText([[text]])).toBe(`${cell}\n`)
  })
})

describe('text on a terminal', () => {
  it.each([
    ['clears no screen', 'a\u001b[2Jb', 'a\ufffd[2Jb'],
    ['names no window', '\u001b]0;mine\u0007', '\ufffd]0;mine\ufffd'],
    ['hides no line', 'a\rb\u0008', 'a\ufffdb\ufffd'],
    ['is no control in eight bits', '\u009b2J', '\ufffd2J'],
    [
      'keeps its lines, its tabs and its colours',
      'a\n\tb \u001b[1;31mred\u001b[0m',
      'a\n\tb \u001b[1;31mred\u001b[0m',
    ],
  ])('%s', (_what, text, shown) => expect(harmless(text)).toBe(shown))
})
