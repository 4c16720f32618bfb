import { describe, expect, it } from 'vitest'
import { readWindow } from '../../bench/read-window.ts'
import { gapsBetween, quantile } from '../../bench/support/request-log.ts'
import type { LoggedRequest } from '../../bench/support/simulator.ts'
import { cpuAt, meter } from '../../bench/support/usage.ts'
import { until } from '../support/until.ts'

const request = (
  startedAt: number,
  finishedAt: number,
  query = 'search_after=a&limit=100',
): LoggedRequest => ({
  method: 'GET',
  path: '/api/rest/v1/products-uuid',
  query,
  status: 200,
  startedAt,
  finishedAt,
})

describe('what Akeneo saw of a load', () => {
  it('begins with the first product page asked for and ends with the last one answered', () => {
    const pages = [request(500, 900), request(100, 500), request(900, 1400)]
    const others = [
      request(0, 10),
      request(20, 50, 'with_count=true&limit=100'),
      request(30, 60, 'page=2&limit=100'),
      { ...request(1500, 1600), path: '/api/rest/v1/families' },
      { ...request(0, 20), method: 'POST', path: '/api/oauth/v1/token', query: '' },
    ]
    expect(readWindow([...others, ...pages])).toMatchObject({
      firstMs: 100,
      lastMs: 1400,
      productPages: 3,
      otherRequests: 5,
      answerMs: 1300 / 3,
    })
  })

  it('counts calls under way in the middle of it, not where it begins and ends', () => {
    const four = Array.from({ length: 4 }, () => request(0, 1000))
    expect(readWindow(four).underWay).toBeCloseTo(4)
    // One lane that rests half of the time.
    const resting = Array.from({ length: 100 }, (_, n) => request(n * 100, n * 100 + 50))
    expect(readWindow(resting).underWay).toBeCloseTo(0.5, 1)
  })

  it('says how long Akeneo waits for the next call where one has ended', () => {
    const lanes = [request(0, 100), request(10, 200), request(130, 230), request(205, 300)]
    // One place was free from 100 to 130, the other from 200 to 205.
    expect(gapsBetween(lanes)).toEqual([30, 5])
    expect(quantile(gapsBetween(lanes), 0.5)).toBe(30)
    expect(quantile([], 0.5)).toBe(0)
  })

  it('of a load without a page is nothing', () =>
    expect(readWindow([])).toMatchObject({ productPages: 0, underWay: 0, answerMs: 0 }))
})

describe('CPU of processes', () => {
  const samples = [
    { atMs: 1000, cpuMs: 10 },
    { atMs: 1200, cpuMs: 110 },
    { atMs: 1400, cpuMs: 120 },
  ]
  it.each([
    [500, 10],
    [1000, 10],
    [1100, 60],
    [1200, 110],
    [1300, 115],
    [9000, 120],
  ])('is taken as used evenly between samples: at %i it is %i', (atMs, cpuMs) =>
    expect(cpuAt(samples, atMs)).toBe(cpuMs),
  )

  it.skipIf(process.platform !== 'linux')('is what the kernel says of them', async () => {
    const usage = meter([process.pid])
    const from = Date.now()
    const before = process.cpuUsage()
    const spent = () => {
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    }
    while (spent() < 300) Math.sqrt(2)
    const to = Date.now()
    const spentMs = spent()
    await until(() => Promise.resolve(usage.cpuBetween(from, to) > 0), 'a sample is taken after it')
    usage.stop()
    // Samples are a fifth of a second apart, and the kernel counts in hundredths.
    expect(usage.cpuBetween(from, to)).toBeGreaterThan(spentMs * 0.5)
    expect(usage.cpuBetween(from, to)).toBeLessThan(spentMs * 1.5)
    expect(usage.peakRssMiB()).toBeGreaterThan(20)
  })
})
