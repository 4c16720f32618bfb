import { describe, expect, it } from 'vitest'
import type { EnrichmentContext } from '../../activities/enrichment/context.ts'
import { fetchSheet } from '../../activities/enrichment/fetch-sheet.ts'
import { ContractError, TransientError } from '../../connectors/errors.ts'
import type { IcecatClient, SheetAnswer } from '../../connectors/icecat/client.ts'
import { verdictOf } from '../../connectors/icecat/verdicts.ts'
import { type Identifier, identifierText } from '../../domain/enrichment/identifier.ts'
import { createBrandBook } from '../../domain/enrichment/match/brand-book.ts'
import type { MatchView } from '../../domain/enrichment/match/identifiers.ts'
import type { Sheet } from '../../domain/enrichment/sheet.ts'
import { sheetOf } from '../domain/enrichment/sheets.ts'
import { mappingOf, mappingText } from '../domain/enrichment/target.ts'

const gtin = (digits: string): Identifier => ({ by: 'gtin', gtin: digits })
const byId = (icecatId: string): Identifier => ({ by: 'icecatId', icecatId })

/** Icecat's number for what is no sheet. */
const no = (status: number, http = 400): SheetAnswer => {
  const verdict = verdictOf(http, status)
  return { outcome: verdict.outcome, verdict }
}
const [unknown, undescribed, fullOnly, embargoed] = [no(4), no(8), no(9), no(404)]
const found = (sheet: Sheet = sheetOf()): SheetAnswer => ({ outcome: 'found', sheet })

const [brandMatch, oneLanguage] = [
  'match: [{ brand: maker, code: mpn }]',
  mappingText('name: title').replace(/^languages:.*$/m, 'languages: { de_DE: [DE] }'),
]

/** What becomes of a product when Icecat answers so to each question, such as `GTIN 1 EN`. */
async function asking(
  answers: Record<string, SheetAnswer | Error>,
  known: { identifiers: Identifier[]; icecatId?: string | null },
  { door = 'json', maker = 'Northlamp' }: { door?: 'json' | 'xml'; maker?: string | null } = {},
) {
  const asked: string[] = []
  const answer = (identifier: Identifier, language: string) => {
    const question = `${identifierText(identifier)} ${language}`
    asked.push(question)
    const given = answers[question] ?? new Error(`nobody expected ${question}`)
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given)
  }
  const view: MatchView = { family: null, isFilled: () => false, text: () => maker, label: () => null }
  // All of a context and of a client that is looked at here.
  const context = {
    mapping: mappingOf(oneLanguage.replace(/^match:.*$/m, brandMatch)),
    lists: { brands: createBrandBook([], []) },
    icecat: { config: { door } },
  } as unknown as EnrichmentContext
  // The two calls that are made, and of the context above what is read of it.
  const client = { sheet: answer, sheetByXml: answer } as unknown as IcecatClient
  const { identifiers, icecatId = null } = known
  const result = await fetchSheet(
    client,
    context,
    { identifiers, icecatId, indexUpdated: null },
    view,
    new AbortController().signal,
  )
  return { result, asked }
}

describe('asking Icecat for a product', () => {
  it('goes on with Icecat’s id once it is known: another key could be another product in another language', async () => {
    const { result, asked } = await asking(
      { 'GTIN 1 EN': found(), 'Icecat 900000123 DE': found(sheetOf({ title: { DE: 'Lampe' } })) },
      { identifiers: [gtin('1'), gtin('2')] },
    )
    expect(result).toMatchObject({
      outcome: 'found',
      by: gtin('1'),
      sheet: { title: { DE: 'Lampe' } },
      message: null,
    })
    expect(asked).toEqual(['GTIN 1 EN', 'Icecat 900000123 DE'])
    expect([...result.calls]).toEqual([
      ['EN', 1],
      ['DE', 1],
    ])
  })

  it('by the XML door is one call for all languages', async () => {
    const xml = { door: 'xml' } as const
    const { result } = await asking({ 'GTIN 1 INT': found() }, { identifiers: [gtin('1')] }, xml)
    expect(result.outcome).toBe('found')
    expect([...result.calls]).toEqual([['INT', 1]])
    const none = await asking({ 'GTIN 1 INT': undescribed }, { identifiers: [gtin('1')] }, xml)
    expect(none.result).toMatchObject({ outcome: 'not-found', isKnown: true })
  })

  it('tries the id that matched before last, and once', async () => {
    const last = await asking(
      { 'GTIN 1 EN': unknown, 'Icecat 7 EN': unknown },
      { identifiers: [gtin('1')], icecatId: '7' },
    )
    expect(last.asked).toEqual(['GTIN 1 EN', 'Icecat 7 EN'])
    const once = await asking({ 'Icecat 7 EN': unknown }, { identifiers: [byId('7')], icecatId: '7' })
    expect(once.asked).toEqual(['Icecat 7 EN'])
  })

  it('says what most answers a person: known beats unknown, restricted and doubtful beat both', async () => {
    const both = { identifiers: [gtin('1'), gtin('2')] }
    const outcome = async (first: SheetAnswer, second: SheetAnswer) =>
      (await asking({ 'GTIN 1 EN': first, 'GTIN 2 EN': second }, both)).result
    expect(await outcome(unknown, unknown)).toMatchObject({ outcome: 'not-found', isKnown: false })
    expect(await outcome(undescribed, unknown)).toMatchObject({
      outcome: 'not-found',
      isKnown: true,
      message: expect.stringMatching(/^GTIN 1, GTIN 2: .*it can be asked for\.$/) as string,
    })
    expect((await outcome(fullOnly, undescribed)).outcome).toBe('restricted')
    expect((await outcome(unknown, embargoed)).outcome).toBe('embargoed')
    expect((await outcome(undescribed, no(77))).outcome).toBe('unclear')
  })

  it('takes a sheet of an unknown form as this product’s trouble, and every other error as everybody’s', async () => {
    const story = {
      code: 'off-contract',
      asked: 'GET',
      came: 'a sheet without its number',
      remedy: 'Report it.',
    }
    const odd = await asking({ 'GTIN 1 EN': new ContractError(story) }, { identifiers: [gtin('1')] })
    expect(odd.result).toMatchObject({
      outcome: 'unclear',
      message: 'GTIN 1: a sheet without its number. Report it.',
    })
    await expect(
      asking({ 'GTIN 1 EN': new TransientError(story) }, { identifiers: [gtin('1')] }),
    ).rejects.toBeInstanceOf(TransientError)
  })

  it('passes over a language that Icecat does not have, and says so where it has none of them', async () => {
    const german = found(sheetOf({ title: { DE: 'Lampe' } }))
    const { result } = await asking({ 'GTIN 1 EN': no(2), 'GTIN 1 DE': german }, { identifiers: [gtin('1')] })
    expect(result).toMatchObject({ outcome: 'found', sheet: { title: { DE: 'Lampe' } } })
    const none = await asking({ 'GTIN 1 EN': no(2), 'GTIN 1 DE': no(2) }, { identifiers: [gtin('1')] })
    expect(none.result.message).toBe(
      'GTIN 1: Icecat does not have this language: correct it under languages in the mapping file.',
    )
  })

  it('gives up half a sheet: what the other half has would be withdrawn', async () => {
    const { result } = await asking(
      { 'GTIN 1 EN': found(), 'Icecat 900000123 DE': fullOnly },
      { identifiers: [gtin('1')] },
    )
    expect(result.outcome).toBe('restricted')
  })

  it('refuses a sheet of another brand, and takes one where there is nothing to compare', async () => {
    const answers = { 'GTIN 1 EN': found(), 'Icecat 900000123 DE': found() }
    const other = await asking(answers, { identifiers: [gtin('1')] }, { maker: 'Lumera' })
    expect(other.result).toMatchObject({
      outcome: 'other-brand',
      message: "Icecat's sheet 900000123 is of Northlamp NL-DL7-W, the product's brand is Lumera",
    })
    const without = await asking(answers, { identifiers: [gtin('1')] }, { maker: null })
    expect(without.result).toMatchObject({
      outcome: 'found',
      unchecked: expect.stringContaining('the product has no brand to compare') as string,
    })
    const same = await asking(answers, { identifiers: [gtin('1')] })
    expect(same.result).toMatchObject({ outcome: 'found', unchecked: null })
  })

  it('has nothing to ask by', async () => {
    expect((await asking({}, { identifiers: [] })).result).toMatchObject({
      outcome: 'no-identifier',
      message: 'has nothing that Icecat could be asked by',
    })
  })
})
