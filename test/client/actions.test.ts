import { readFile } from 'node:fs/promises'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { describe, expect, it } from 'vitest'
import { executionCost, recordedHeartbeats } from '../../client/support/actions.ts'

type Events = { [attributes: string]: unknown }[]

const cost = (events: Events) =>
  executionCost(historyFromJSON({ events: events.map((event, n) => ({ eventId: String(n + 1), ...event })) }))

async function recorded(name: string) {
  const file = new URL(`../histories/${name}.json`, import.meta.url)
  return executionCost(historyFromJSON(JSON.parse(await readFile(file, 'utf8'))))
}

describe('Temporal actions of one execution, by what Temporal Cloud bills', () => {
  it('are its start, its activities and its search attributes', async () => {
    // A load by hand: 1 start, 6 activities, its marks at the beginning and at the end.
    expect(await recorded('pollProducts.load-products')).toMatchObject({
      actions: 9,
      events: 43,
      isOver: true,
    })
  })

  it('of a run that goes on in another are a start for each, and each knows the other', async () => {
    const first = await recorded('pollProducts.load-products-continued')
    const second = await recorded('pollProducts.load-products-resumed')
    // Start, 5 and 6 activities, a signal, one mark.
    expect(first).toMatchObject({ actions: 8, isOver: true, before: null })
    expect(second).toMatchObject({ actions: 9, isOver: true, next: null })
    expect(first.next).not.toBeNull()
    expect(second.before).not.toBeNull()
  })

  const start = (attributes: object) => ({ workflowExecutionStartedEventAttributes: attributes })
  const scheduled = { indexedFields: { TemporalScheduledById: { data: 'InBvbGwi' } } }
  const parent = { parentWorkflowExecution: { workflowId: 'parent', runId: 'run' } }
  it.each<[string, Events, number]>([
    ['a start by hand', [start({ attempt: 1 })], 1],
    ['a tick of a schedule', [start({ searchAttributes: scheduled })], 3],
    [
      'what a tick went on in, which inherits the schedule’s name',
      [start({ searchAttributes: scheduled, continuedExecutionRunId: 'earlier' })],
      1,
    ],
    ['a child, whose start its parent pays', [start(parent)], 0],
    ['a child that went on', [start({ ...parent, continuedExecutionRunId: 'earlier' })], 1],
    [
      'the start of a child, also one that fails',
      [{ startChildWorkflowExecutionInitiatedEventAttributes: {} }],
      2,
    ],
    ['further attempts of an activity', [{ activityTaskStartedEventAttributes: { attempt: 4 } }], 3],
    ['a timer', [{ timerStartedEventAttributes: { timerId: '1' } }], 1],
    [
      'a patch, with the search attribute that it leaves',
      [
        { markerRecordedEventAttributes: { markerName: 'core_patch' } },
        {
          upsertWorkflowSearchAttributesEventAttributes: {
            searchAttributes: { indexedFields: { TemporalChangeVersion: { data: 'IngiCg==' } } },
          },
        },
      ],
      0,
    ],
    [
      'heartbeats of an activity of 100 s, by its timeout of 100 s, and its schedule',
      [
        {
          eventTime: '2026-11-20T08:00:00Z',
          activityTaskScheduledEventAttributes: { heartbeatTimeout: '100s' },
        },
        {
          eventTime: '2026-11-20T08:00:00Z',
          activityTaskStartedEventAttributes: { scheduledEventId: '1', attempt: 1 },
        },
        { eventTime: '2026-11-20T08:01:40Z', activityTaskCompletedEventAttributes: { startedEventId: '2' } },
      ],
      3,
    ],
  ])('%s', (_, events, actions) => expect(cost(events).actions).toBe(actions))

  it('that has no end is not over', () => expect(cost([start({ attempt: 1 })]).isOver).toBe(false))
})

describe('heartbeats that reach the server', () => {
  it.each([
    ['a short attempt is silent', 39_000, 100_000, 0],
    ['the first comes at 0.4 of the timeout', 41_000, 100_000, 1],
    ['the next one at most a minute later', 101_000, 100_000, 2],
    ['or 0.8 of a shorter timeout', 40_000, 30_000, 2],
    ['without a timeout there are none', 500_000, 0, 0],
  ])('%s', (_, tookMs, timeoutMs, count) => expect(recordedHeartbeats(tookMs, timeoutMs)).toBe(count))
})
