import { expect, it } from 'vitest'
import { icecatPart } from '../../client/report/icecat-part.ts'
import type { EnrichmentStanding } from '../../client/support/enrichment-standing.ts'

const at = new Date('2026-11-29T09:05:00Z')
const text = (part: Parameters<typeof icecatPart>[0]) =>
  icecatPart(part, '--connection acme', at)
    .map((markup) => markup.text)
    .join('')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

const enrichment: EnrichmentStanding = {
  ...{ chosen: 3, due: 0, outcomes: [], values: 1, lines: { waiting: 0, parked: 0 }, files: 0 },
  ...{ findings: [], requests: [], optionsAsked: 0, indexGenerated: null, leftOut: [], notTaken: null },
  fairUse: { month: '2026-11', fetched: 0, limit: 1000, slowAt: 0.8, stopAt: 1 },
}

it('says that Icecat’s part is being counted while it is', () =>
  expect(text({ enrichment: null, icecatFamilies: [], icecatCounted: 'under way' })).toContain(
    'How products stand with Icecat is being counted',
  ))

it('says when it was counted where that is some time ago', () => {
  const counted = (icecatCounted: Date) => text({ enrichment, icecatFamilies: [], icecatCounted })
  expect(counted(new Date('2026-11-29T09:00:00Z'))).toContain('As counted at 2026-11-29 09:00')
  expect(counted(at)).not.toContain('As counted')
})

it('says nothing without Icecat', () =>
  expect(text({ enrichment: null, icecatFamilies: [], icecatCounted: null })).toBe(''))

it('says which parts of the mapping are left out, and why the newer file was not taken', () => {
  const told = {
    ...enrichment,
    leftOut: ['acme.icecat.yaml:12  attributes.power: there is no attribute power (mapping-left-out)'],
    notTaken: 'version 2 does not fit the catalogue, runs go on by version 1: … (mapping-not-taken)',
  }
  const page = text({ enrichment: told, icecatFamilies: [], icecatCounted: null })
  expect(page).toContain('left out acme.icecat.yaml:12')
  expect(page).toContain('not taken version 2 does not fit the catalogue, runs go on by version 1')
  expect(text({ enrichment, icecatFamilies: [], icecatCounted: null })).not.toMatch(/left out|not taken/)
})
