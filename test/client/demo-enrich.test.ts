import { expect, it } from 'vitest'
import { runEnrichment } from '../../client/demo/run-enrichment.ts'
import { onStage } from '../../client/demo/stage.ts'

const nothing = {
  enriched: 0,
  unchanged: 0,
  kept: 0,
  notFound: 0,
  restricted: 0,
  refused: 0,
  requested: 0,
  delivered: 0,
  lines: 0,
  values: 0,
  files: 0,
  sheets: 0,
}

it('the tour of Icecat’s content brings each day what that day has, and nothing else', async () => {
  const options = {
    catalog: 'examples/catalog',
    icecat: { catalogue: 'examples/icecat', mapping: 'examples/mapping/northlamp.icecat.yaml' },
    onProgress: () => undefined,
  }
  await onStage(options, async (stage) => {
    const { figures, changes } = await runEnrichment(stage, () => undefined)
    expect(changes).toHaveLength(3)
    // What Icecat has; it is asked for the rest, and for the one that is restricted.
    expect(figures.day1).toEqual({
      ...nothing,
      enriched: 49,
      kept: 76,
      notFound: 180,
      restricted: 1,
      requested: 181,
      lines: 15,
      values: 53,
      files: 13,
      sheets: 212,
      seconds: expect.any(Number) as number,
    })
    // The changed feature, the product that was described, and the one that a person edited: looked at, and left.
    expect(figures.day2).toEqual({
      ...nothing,
      enriched: 2,
      unchanged: 1,
      kept: 5,
      delivered: 1,
      lines: 2,
      values: 3,
      files: 1,
      sheets: 12,
      seconds: expect.any(Number) as number,
    })
    expect(figures.day3).toEqual({
      ...nothing,
      enriched: 1,
      delivered: 1,
      lines: 1,
      values: 5,
      files: 1,
      sheets: 4,
      seconds: expect.any(Number) as number,
    })
  })
}, 240_000)
