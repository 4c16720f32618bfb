import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepFile, markTold, noteFailure, noteUses, untold } from '../../../connectors/hub/media-files.ts'
import type { FileName } from '../../../domain/media-files.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

const connection = 'acme'
const file = (code: string): FileName => ({ origin: 'media-files', code })
const content = (sha256: string) => ({ sha256, size: 1, mimeType: 'image/png' })

describe('files that something became known of', () => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.drop())

  it('are told to a record once, when none of its files is still to come', async () => {
    const { sql } = database
    const tell = async () => {
      const { files, records } = await untold(sql, connection, 100)
      await sql.begin((tx) => markTold(tx, connection, files))
      return { files: files.map(({ code }) => code), records: records.map(({ key }) => key) }
    }
    await sql.begin((tx) =>
      noteUses(tx, connection, 'products', [
        { key: 'lamp', files: [file('front'), file('side'), file('back')] },
        { key: 'bulb', files: [file('front')] },
      ]),
    )
    await keepFile(sql, connection, file('front'), content('01'))
    expect(await tell()).toEqual({ files: ['front'], records: ['bulb'] })
    await noteFailure(sql, connection, file('side'), { reason: null, message: 'cut', waitMinutes: 0 })
    expect(await tell()).toEqual({ files: [], records: [] })
    await noteFailure(sql, connection, file('side'), {
      reason: 'media-missing',
      message: 'gone',
      waitMinutes: 5,
    })
    expect(await tell()).toEqual({ files: ['side'], records: [] })
    await keepFile(sql, connection, file('back'), content('02'))
    expect(await tell()).toEqual({ files: ['back'], records: ['lamp'] })
    // Downloaded again, and the same: nothing to say.
    await keepFile(sql, connection, file('back'), content('02'))
    expect(await tell()).toEqual({ files: [], records: [] })
    await keepFile(sql, connection, file('side'), content('03'))
    expect(await tell()).toEqual({ files: ['side'], records: ['lamp'] })
  })
})
