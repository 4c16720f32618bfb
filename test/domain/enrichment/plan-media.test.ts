import { describe, expect, it } from 'vitest'
import type { MediaCell } from '../../../domain/enrichment/convert/compile-media.ts'
import type { OwnershipPolicy } from '../../../domain/enrichment/mapping/document.ts'
import { assetKey, type MediaLedgerValue, planMedia } from '../../../domain/enrichment/plan-media.ts'
import { assetOf } from './sheets.ts'

const picture = assetOf('https://images.icecat.biz/1.jpg', { updated: '2025-10-01 08:00:00', size: 100 })
const newer = { ...picture, updated: '2025-11-01 08:00:00' }
const cell = (asset: typeof picture | null, attribute = 'picture'): MediaCell => ({
  attribute,
  locale: null,
  scope: null,
  result: asset === null ? { kind: 'absent' } : { kind: 'asset', asset, from: 'image/1' },
})
const shows = (code: string | null) =>
  code === null ? {} : { picture: [{ locale: null, scope: null, data: code }] }
const careful: OwnershipPolicy = {
  empty: 'fill',
  same: 'adopt',
  foreign: 'keep',
  edited: 'keep',
  cleared: 'keep',
  withdrawn: 'keep',
}
const uploaded: MediaLedgerValue = { assetKey: assetKey(picture), sent: '1/2/a_1.jpg', echoed: '1/2/a_1.jpg' }

const planned = (
  asset: typeof picture | null,
  current: string | null,
  entry: MediaLedgerValue | null,
  policy: Partial<OwnershipPolicy> = {},
) => {
  const ledger = new Map(entry === null ? [] : [['picture  ', entry]])
  const { uploads, clears, unchanged, kept } = planMedia([cell(asset)], shows(current), ledger, {
    ...careful,
    ...policy,
  })
  if (uploads.length > 0) return `upload ${uploads[0]?.asset.updated ?? ''}`
  if (clears.length > 0) return 'clear'
  return kept[0] ? `keep ${kept[0].case}` : `unchanged ${unchanged}`
}

describe('files', () => {
  it('are uploaded where nothing stands, and once for each content', () => {
    expect(planned(picture, null, null)).toBe('upload 2025-10-01 08:00:00')
    expect(planned(picture, '1/2/a_1.jpg', uploaded)).toBe('unchanged 1')
    expect(planned(newer, '1/2/a_1.jpg', uploaded)).toBe('upload 2025-11-01 08:00:00')
    const { uploads } = planMedia([cell(picture), cell(picture, 'thumbnail')], {}, new Map(), careful)
    expect(uploads.map(({ places }) => places)).toEqual([['picture  ', 'thumbnail  ']])
  })

  it('of a person stay, unless the policy says otherwise', () => {
    expect(planned(picture, 'x.jpg', null)).toBe('keep foreign')
    expect(planned(picture, 'x.jpg', null, { foreign: 'overwrite' })).toBe('upload 2025-10-01 08:00:00')
    expect(planned(newer, 'x.jpg', uploaded)).toBe('keep edited')
    expect(planned(newer, null, uploaded)).toBe('keep cleared')
    expect(planned(picture, 'x.jpg', uploaded, { edited: 'overwrite' })).toBe('upload 2025-10-01 08:00:00')
  })

  it('that Icecat no longer has are handled by the policy', () => {
    expect(planned(null, '1/2/a_1.jpg', uploaded)).toBe('keep withdrawn')
    expect(planned(null, '1/2/a_1.jpg', uploaded, { withdrawn: 'clear' })).toBe('clear')
    expect(planned(null, 'x.jpg', null, { withdrawn: 'clear' })).toBe('unchanged 1')
  })

  it('are one content whatever token was in the address', () => {
    expect(assetKey({ ...picture, url: `${picture.url}?x=1` })).toBe(assetKey(picture))
    expect(assetKey(newer)).not.toBe(assetKey(picture))
  })
})
