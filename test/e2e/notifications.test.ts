import { describe, expect, it, onTestFinished } from 'vitest'
import { proposeMapping, setChangeState } from '../../connectors/hub/mapping-changes.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { NotificationsReport } from '../../contracts/reports.ts'
import { Secret } from '../../domain/secret.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { createNotifyActivities } from '../../activities/notify.ts'
import { MockActivityEnvironment } from '@temporalio/testing'
import { openPipeline } from '../support/pipeline.ts'
import { webhookDesk, webhookSecret } from '../support/webhook.ts'

interface Message {
  connection: string
  at: string
  text: string
  entries: { kind: string; state: string; subject: string; text: string; todo: { commands: string[] } }[]
}

const password = 'canary-password'

describe('notifications', { timeout: 120_000 }, () => {
  it('tell what failed, is late or waits, once, signed; and that all is well again', async () => {
    const desk = await webhookDesk()
    const pipeline = await openPipeline({
      akeneo: { password },
      settings: {
        notifications: { webhook: { url: `${desk.url}/canary-path`, secret: new Secret(webhookSecret) } },
      },
    })
    onTestFinished(() => pipeline.close())
    const { akeneo, connection, deps, config } = pipeline
    const look = async () =>
      (await pipeline.execute(workflowTypes.sendNotifications, workflowId(connection, 'notify'), {
        connection,
      })) as NotificationsReport
    const messages = () => desk.posts.map(({ body }) => JSON.parse(body) as Message)
    const last = () =>
      messages()
        .at(-1)
        ?.entries.map(({ kind, state, subject }) => [kind, state, subject])

    await pipeline.initializeCategories()
    await pipeline.load()
    expect(await look()).toEqual({ outcome: 'done', runId: null, told: 0, standing: 0 })
    expect(desk.posts).toEqual([])

    // A poll that ends by a refusal.
    akeneo.fault({ path: '/api/rest/v1/families', status: 403 })
    await expect(pipeline.poll()).rejects.toThrow()
    expect(await look()).toMatchObject({ told: 1, standing: 1 })
    expect(last()).toEqual([['failed', 'new', 'poll-products']])
    const [told] = messages()
    expect(told?.connection).toBe(connection)
    expect(told?.text).toContain('403')
    expect(told?.entries[0]?.todo.commands[0]).toBe(`pimflow sync products --connection ${connection}`)
    await expect(pipeline.poll()).rejects.toThrow()
    expect(await look()).toMatchObject({ told: 0, standing: 1 })

    // Another process, with nothing in its memory, tells nothing of it either.
    const restarted = await openDependencies(config)
    onTestFinished(() => restarted.close())
    const again = createNotifyActivities(restarted)
    const lookAgain = () => again.notify({ connection })
    expect(await new MockActivityEnvironment().run(lookAgain)).toEqual({ told: 0, standing: 1 })
    expect(desk.posts).toHaveLength(1)

    // What is late, and what waits for a person.
    await deps.sql`update watermark set at = now() - interval '16 minutes' where connection = ${connection}`
    await deps.sql.begin(async (tx) => {
      const text = 'version: 1\noutput: ecommerce\nchannel: ecommerce\n'
      const id = await proposeMapping(tx, connection, 'ecommerce', { name: 'ecommerce.hub.yaml', text })
      await setChangeState(tx, id, 'held', ['proposed'])
    })
    // A webhook that refuses counts as not told: the same message comes again, under the same key.
    desk.answers.push(403)
    await expect(look()).rejects.toThrow()
    expect(await look()).toMatchObject({ told: 2, standing: 3 })
    expect(last()).toEqual([
      ['stale', 'new', 'poll'],
      ['approval', 'new', expect.stringMatching(/^m\d+$/)],
    ])
    expect(desk.posts[1]?.key).toBe(desk.posts[2]?.key)
    expect(desk.posts[1]?.key).not.toBe(desk.posts[0]?.key)

    akeneo.clearFaults()
    await pipeline.poll()
    expect(await look()).toMatchObject({ told: 2, standing: 1 })
    expect(last()).toEqual([
      ['failed', 'over', 'poll-products'],
      ['stale', 'over', 'poll'],
    ])

    // A failure that came and went since the last message.
    akeneo.fault({ path: '/api/rest/v1/families', status: 403 })
    await expect(pipeline.poll()).rejects.toThrow()
    akeneo.clearFaults()
    await pipeline.poll()
    expect(await look()).toMatchObject({ told: 1, standing: 1 })
    expect(last()).toEqual([['failed', 'over', 'poll-products']])
    expect(messages().at(-1)?.text).toContain('it had failed once')
    expect(await look()).toMatchObject({ told: 0, standing: 1 })

    expect(new Set(desk.posts.map(({ signature }) => signature))).toEqual(new Set(['valid']))
    const said = desk.posts.map(({ body }) => body).join('\n')
    const { clientId, clientSecret } = akeneo.credentials
    for (const secret of [webhookSecret, password, clientId, clientSecret, 'canary-path'])
      expect(said).not.toContain(secret)
  })
})
