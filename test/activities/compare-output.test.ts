import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareOutput } from '../../activities/publishing/compare-output.ts'
import { type PublishingContext, publishingContext } from '../../activities/publishing/context.ts'
import { buildStructure, outputByFile, type OutputSettings } from '../../connectors/akeneo/translate/index.ts'
import { markProgress, progressOf, proposeMapping, setDiff } from '../../connectors/hub/mapping-changes.ts'
import { structureRecords } from '../../connectors/hub/structure.ts'
import type { ComparedSoFar } from '../../domain/mapping/record-diff.ts'
import { openTrade, type Trade } from '../complaints/trade.ts'

describe('a comparison of a mapping with what is stored', () => {
  const text = [
    'version: 1',
    'output: ecommerce',
    'channel: ecommerce',
    'attributes: { include: none }',
  ].join('\n')
  const file = { name: 'ecommerce.hub.yaml', text }
  let trade: Trade
  let output: OutputSettings
  let context: PublishingContext
  beforeAll(async () => {
    trade = await openTrade()
    await trade.begin()
    const structure = buildStructure(await structureRecords(trade.sql, trade.connection))
    output = outputByFile(structure, file)
    const known = await publishingContext(trade.sql, trade.deps().connection(trade.connection), null)
    if (known === null) throw new Error('Nothing was read')
    context = { ...known, outputs: [output] }
  })
  afterAll(() => trade.close())

  it('whose worker died goes on where it was, and counts what one does that was left alone', async () => {
    const whole = await compareOutput(trade.sql, context, output)
    expect(whole.changed).toBeGreaterThan(200)
    const id = await trade.sql.begin((tx) => proposeMapping(tx, trade.connection, 'ecommerce', file))
    const marks: ComparedSoFar[] = []
    const dies = async (soFar: ComparedSoFar) => {
      await markProgress(trade.sql, id, 'this run', soFar)
      marks.push(soFar)
      if (soFar.stream === 'products') throw new Error('The worker died')
    }
    await expect(compareOutput(trade.sql, context, output, { mark: dies, every: 20 })).rejects.toThrow('died')
    const begun = await progressOf(trade.sql, id, 'this run')
    expect(begun).toMatchObject({ stream: 'products', diff: { compared: marks.at(-1)?.diff.compared } })
    expect(begun?.diff.compared).toBeLessThan(whole.compared)
    const further: number[] = []
    const rest = await compareOutput(trade.sql, context, output, {
      begun,
      every: 20,
      mark: ({ diff }) => Promise.resolve(void further.push(diff.compared)),
    })
    expect({ ...rest, examples: [] }).toEqual({ ...whole, examples: [] })
    expect(Math.min(...further, whole.compared)).toBeGreaterThan(begun?.diff.compared ?? 0)
  })

  it('is begun anew by another run, and by whoever compares again after its end', async () => {
    const id = await trade.sql.begin((tx) => proposeMapping(tx, trade.connection, 'ecommerce', file))
    const diff = await compareOutput(trade.sql, context, output)
    await markProgress(trade.sql, id, 'this run', { stream: 'products', after: 'x', diff })
    expect(await progressOf(trade.sql, id, 'another run')).toBeNull()
    await setDiff(trade.sql, id, { diff, guard: 0.2, problems: [], held: false })
    expect(await progressOf(trade.sql, id, 'this run')).toBeNull()
  })
})
