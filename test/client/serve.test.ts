import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, Connection } from '@temporalio/client'
import { workflowId } from '../../contracts/names.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { hostile, troubledHub } from '../support/troubled-hub.ts'
import { ask, secretOf } from './ask-page.ts'
import { project, type Running, type TestProject, webshop } from './harness.ts'

let database: FreshDatabase
let at: TestProject
let running: Running
let url: string

beforeAll(async () => {
  database = await freshDatabase()
  at = await project({ databaseUrl: database.url, sections: webshop })
  await troubledHub(database, at.taskQueue)
  running = at.start('serve', '--port', '0')
  await running.untilPrinted('http://')
  url = running.out().trim()
})
afterAll(async () => {
  running.interrupt()
  expect(await running.ended).toMatchObject({ code: 0 })
  await at.remove()
  await database.drop()
})

const act = async (action: string) => {
  const secret = secretOf((await ask(url, '/')).body)
  const { status, headers } = await ask(url, '/act', { form: { secret, action } })
  expect(status).toBe(303)
  return (await ask(url, String(headers['location']))).body
}

describe('serve', () => {
  it('shows the morning page as it is now, with a search and buttons', async () => {
    const { status, body } = await ask(url, '/')
    expect(status).toBe(200)
    expect(body).toContain('1 record would be retired, which waits for your word')
    expect(body).toContain('>Try again</button>')
    expect(body).toContain('>Approve</button>')
    expect(body).not.toContain(hostile)
  })

  it.each([
    ['LAMP-2', 'called gid-1 there'],
    ['unheard-of', 'unheard-of is unknown'],
    [hostile, '&lt;script&gt;'],
  ])('explains %s', async (id, text) => {
    const { status, body } = await ask(url, `/explain?id=${encodeURIComponent(id)}`)
    expect(status).toBe(200)
    expect(body).toContain(text)
    expect(body).not.toContain('<script>x')
  })

  it('tries rejected records again: they are due, and a poll is started', async () => {
    const page = await act(`retry ${at.taskQueue} unit-unknown`)
    expect(page).toContain(`40 records of ${at.taskQueue} are tried again by a poll that was started.`)
    const [row] = await database.sql<{ n: number }[]>`
      select count(*)::int as n from rejection where reason = 'unit-unknown' and next_attempt <= now()`
    expect(row?.n).toBe(40)
    const connection = await Connection.connect({ address: at.env['TEMPORAL_ADDRESS'] ?? '' })
    const handle = new Client({ connection }).workflow.getHandle(workflowId(at.taskQueue, 'poll-products'))
    expect((await handle.describe()).status.name).toBe('RUNNING')
    await handle.terminate()
    await connection.close()
  })

  it('rejects what waits for a word', async () => {
    const page = await act(`reject ${at.taskQueue} 1`)
    expect(page).toContain(`1 of ${at.taskQueue} is rejected.`)
    expect((await at.json('approvals')).value).toEqual([])
  })

  it('approves it on second thoughts, and starts the run that carries it out', async () => {
    const page = await act(`approve ${at.taskQueue} 1`)
    expect(page).toContain(`1 of ${at.taskQueue} is approved and carried out.`)
    expect(page).toContain(`pimflow%2F${at.taskQueue}%2Fretire%2F1`)
    expect(await act(`approve ${at.taskQueue} 99`)).toContain('Nothing waits under 99')
  })

  it.each([
    [{ PIMFLOW_SERVE_TOKEN: '' }, 'Set PIMFLOW_SERVE_TOKEN before others'],
    [{ PIMFLOW_SERVE_TOKEN: 'short' }, 'at least 16 characters'],
  ])('does not listen beyond this machine with %o', async (env, text) => {
    Object.assign(at.env, env)
    const { code, err } = await at.run('serve', '--host', '0.0.0.0', '--port', '0')
    expect(err).toContain(text)
    expect(code).toBe(2)
  })
})
