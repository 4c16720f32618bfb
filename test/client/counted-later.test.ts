import { expect, it } from 'vitest'
import { countedLater } from '../../client/support/counted-later.ts'
import { until } from '../support/until.ts'

/** Answers when it is told to. */
function counting() {
  const waiting: { done: (value: number) => void; failed: (error: Error) => void }[] = []
  return {
    waiting,
    count: () => new Promise<number>((done, failed) => waiting.push({ done, failed })),
  }
}

it('who asks first does not wait for longer than the patience, and a later one has the answer', async () => {
  const { waiting, count } = counting()
  const ask = countedLater(count, { patienceMs: 1 })
  expect([await ask(), await ask(), waiting.length]).toEqual([null, null, 1])
  waiting[0]?.done(7)
  expect(await ask()).toMatchObject({ value: 7, at: expect.any(Date) as Date })
})

it('an answer that is there soon is waited for, and kept for a time that fits what it cost', async () => {
  let counts = 0
  const ask = countedLater(() => Promise.resolve(++counts), { patienceMs: 60_000 })
  expect(await ask()).toMatchObject({ value: 1 })
  await until(async () => (await ask())?.value === 2, 'it is counted anew')
})

it('while it is counted anew the last answer stands', async () => {
  const { waiting, count } = counting()
  const ask = countedLater(count, { patienceMs: 60_000 })
  const first = ask()
  waiting[0]?.done(1)
  await first
  await until(async () => {
    expect(await ask()).toMatchObject({ value: 1 })
    return waiting.length === 2
  }, 'it is counted anew')
  waiting[1]?.done(2)
  await until(async () => (await ask())?.value === 2, 'the new answer is there')
})

it('a failure is told to who waits for it, and who asks next asks anew', async () => {
  const { waiting, count } = counting()
  const ask = countedLater(count, { patienceMs: 60_000 })
  const first = ask()
  waiting[0]?.failed(new Error('no database'))
  await expect(first).rejects.toThrow('no database')
  const second = ask()
  waiting[1]?.done(1)
  expect(await second).toMatchObject({ value: 1 })
})
