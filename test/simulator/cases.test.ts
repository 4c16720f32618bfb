import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { apiOf, type Api } from './api.ts'
import { AREAS, call, casesOf } from './cases/cases.ts'
import { fillCases } from './cases/fixture.ts'

/**
 * One call, one answer, by area. What is expected was checked against Akeneo's public code and tests: its sentences, its
 * order of checks, its paths.
 */
describe.each(AREAS)('%s', (area) => {
  let api: Api
  beforeAll(async () => {
    api = await apiOf(await startAkeneo())
    await fillCases(api)
    api.simulator.snapshot()
  })
  afterAll(() => api.simulator.close())

  it.each(casesOf(area))('$title: $method $path', async (one) => {
    api.simulator.restore()
    expect(await call(api, one)).toBe(one.answer)
  })
})
