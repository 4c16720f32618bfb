import { describe, expect, it } from 'vitest'
import { checkReport, rightsFingerprint } from '../../domain/check-report.ts'

const rights = {
  resources: ['products', 'families'],
  locales: ['en_US', 'de_DE'],
  attributeGroups: ['marketing'],
  categoryTrees: ['master'],
}

describe('the fingerprint of rights', () => {
  it('is the same in whatever order they were listed', () => {
    expect(rightsFingerprint({ ...rights, locales: ['de_DE', 'en_US'] })).toBe(rightsFingerprint(rights))
  })

  it.each(Object.keys(rights))(
    'is another one when one of the %s is gone, or stands in another list',
    (list) => {
      const without = { ...rights, [list]: [] }
      expect(rightsFingerprint(without)).not.toBe(rightsFingerprint(rights))
    },
  )
})

describe('a report', () => {
  it('lets nothing run after a failure, but after a warning', () => {
    const warning = { name: 'clock', status: 'warning', text: 'It is off.' } as const
    const failed = { name: 'rights', status: 'failed', text: 'One is missing.' } as const
    expect(checkReport('acme', [warning], rights).mayPoll).toBe(true)
    expect(checkReport('acme', [warning, failed], null)).toMatchObject({ mayPoll: false, fingerprint: null })
  })
})
