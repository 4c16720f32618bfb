import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { ElementCutter } from '../../../connectors/icecat/index/element-cutter.ts'
import { indexGenerated, indexRows, matchIndex } from '../../../connectors/icecat/index/match-index.ts'
import { Matcher } from '../../../connectors/icecat/index/matcher.ts'
import { RowReader } from '../../../connectors/icecat/index/row-reader.ts'
import { createWatchList } from '../../../connectors/icecat/index/watch-list.ts'
import type { IndexMatch, IndexRow, WatchedProduct } from '../../../domain/enrichment/index-row.ts'
import { generatedIndex, generatedRow } from '../../../simulator/icecat/index.ts'
import { all, clientOf, icecat, recordedSheets } from './helpers.ts'

const folder = recordedSheets() ?? ''

/** What a parser that knows all of XML makes of an index: the judge of our own reading. */
function bySax(xml: string): IndexRow[] {
  const rows: IndexRow[] = []
  let row: IndexRow | undefined
  let text = ''
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    text = ''
    if (name === 'file') {
      row = {
        icecatId: attributes['Product_ID'] ?? '',
        updated: attributes['Updated'] ?? '',
        quality: attributes['Quality'] ?? '',
        brandId: attributes['Supplier_id'] ?? '',
        code: attributes['Prod_ID'] ?? '',
        otherCodes: [],
        categoryId: attributes['Catid'] ?? '',
        gtins: [],
        limited: attributes['Limited'] === 'Yes',
        onMarket: attributes['On_Market'] === '1',
      }
    } else if (name === 'EAN_UPC') row?.gtins.push(attributes['Value'] ?? '')
  })
  parser.on('text', (piece) => (text += piece))
  parser.on('cdata', (piece) => (text += piece))
  parser.on('closetag', ({ name }) => {
    if (name === 'M_Prod_ID' && text.trim() !== '') row?.otherCodes.push(text.trim())
    if (name === 'file' && row) {
      rows.push(row)
      row = undefined
    }
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(xml).close()
  return rows
}

/** Cut at these places, then read. */
function byCutting(xml: string, sizes: number[]): IndexRow[] {
  const cutter = new ElementCutter('a test')
  const reader = new RowReader()
  const bytes = Buffer.from(xml)
  const rows: IndexRow[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 100
    const piece = cutter.push(bytes.subarray(at, at + size))
    at += size
    if (piece === undefined) continue
    reader.start(piece)
    while (reader.next()) rows.push(reader.row())
  }
  cutter.end()
  return rows
}

const indexOf = (rows: string) =>
  `<?xml version="1.0"?>\n<!DOCTYPE ICECAT-interface SYSTEM "http://data.icecat.biz/dtd/files.index.dtd">\n<!-- a <file> in a comment -->\n<ICECAT-interface><files.index Generated="20260101000000">${rows}</files.index></ICECAT-interface>`

describe('cutting an index', () => {
  it.skipIf(folder === '')(
    'reads the recorded index whole, as a SAX parser does (PIMFLOW_REFERENCE_DATA)',
    () => {
      const xml = readFileSync(join(folder, 'files.index.sample.xml'), 'utf8')
      const expected = bySax(xml)
      expect(expected).toHaveLength(1618)
      for (const sizes of [[1_000_000_000], [65_536], [997, 13, 4096]])
        expect(byCutting(xml, sizes)).toEqual(expected)
    },
  )

  it('is not deceived by signs inside values, comments and character data', () => {
    const xml = indexOf(`
      <file Product_ID="1" Prod_ID="a > b" Model_Name='quote " inside' Supplier_id = "7"/>
      <!-- <file Product_ID="2"/> -->
      <file Prod_ID="x&amp;y &#233; &lt;file&gt;" Product_ID='3'
            Supplier_id="8" Quality="ICECAT"><M_Prod_ID><![CDATA[</file> & <file>]]></M_Prod_ID><M_Prod_ID/>
        <EAN_UPCS><EAN_UPC IsApproved="1" Value="0000088698205440"/><EAN_UPC Value='5'/></EAN_UPCS><!-- </file> --></file>
      <file Product_ID="4" Quality="REMOVED" Updated="20260101000000"><!--><'--></file>`)
    const expected = bySax(xml)
    expect(expected.map(({ icecatId }) => icecatId)).toEqual(['1', '3', '4'])
    for (const size of [1, 2, 3, 7, 50, 10_000]) expect(byCutting(xml, [size])).toEqual(expected)
  })

  it('agrees with a SAX parser on any rows, cut anywhere', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('abzAB 12<>&"\'éß-/=[]!')), maxLength: 12 })
    const escaped = (value: string, quote: string) =>
      value
        .replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replaceAll(quote, quote === '"' ? '&quot;' : '&apos;')
    const row = fc
      .record({
        id: fc.nat(),
        code: text,
        name: text,
        quote: fc.constantFrom('"', "'"),
        others: fc.array(text, { maxLength: 3 }),
        gtins: fc.array(fc.nat(), { maxLength: 3 }),
        comment: text.map((value) => value.replace(/-/g, '')),
      })
      .map(
        ({ id, code, name, quote, others, gtins, comment }) =>
          `<file Model_Name=${quote}${escaped(name, quote)}${quote} Product_ID="${id}" Prod_ID=${quote}${escaped(code, quote)}${quote}><!--${comment}-->${others
            .map((other) => `<M_Prod_ID>${escaped(other, '"').replace(/>/g, '&gt;')}</M_Prod_ID>`)
            .join(
              '\n',
            )}<EAN_UPCS>${gtins.map((gtin) => `<EAN_UPC Value="${gtin}"/>`).join('')}</EAN_UPCS></file>\n`,
      )
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
        (rows, sizes) => {
          const xml = indexOf(rows.join(''))
          const trimmed = byCutting(xml, sizes).map(({ otherCodes, ...rest }) => ({
            ...rest,
            otherCodes: otherCodes.filter((code) => code !== ''),
          }))
          expect(trimmed).toEqual(bySax(xml))
        },
      ),
    )
  })

  it('knows when the index was made, without reading the rest', async () => {
    const xml = indexOf('<file Product_ID="1"/>')
    expect(
      await indexGenerated([Buffer.from(xml.slice(0, 200)), Buffer.from(xml.slice(200))], 'a test'),
    ).toBe('20260101000000')
    expect(await indexGenerated([Buffer.from('<ICECAT-interface></ICECAT-interface>')], 'a test')).toBeNull()
  })

  it('refuses an index that ends too early, has declarations, or rows without an end', () => {
    const whole = indexOf('<file Product_ID="1"></file>')
    expect(() => byCutting(whole.slice(0, -30), [64])).toThrow('before its last line')
    expect(() => byCutting(whole.replace('<files.index', '<file a="'), [64])).toThrow('before its last line')
    expect(() =>
      byCutting('<!DOCTYPE x [<!ENTITY a "b">]><ICECAT-interface></ICECAT-interface>', [5]),
    ).toThrow('declarations')
    const endless = Buffer.from(`<file Product_ID="${'1'.repeat(1024 * 1024)}`)
    const cutter = new ElementCutter('a test')
    expect(() => {
      for (let turn = 0; turn < 6; turn++) cutter.push(endless)
    }).toThrow('bytes')
  })
})

describe('matching', () => {
  const watch = (changes: Partial<WatchedProduct>): WatchedProduct => ({
    icecatId: null,
    gtins: [],
    brandId: null,
    code: null,
    ...changes,
  })
  const matched = (xml: string, products: WatchedProduct[]) => {
    const matcher = new Matcher(createWatchList(products))
    const piece = new ElementCutter('a test').push(Buffer.from(xml))
    return matcher
      .match(piece ?? Buffer.alloc(0))
      .matches.map(({ watched, by, row }) => [watched, by, row.icecatId] as const)
  }
  const xml = indexOf(`
    <file Product_ID="10" Supplier_id="7" Prod_ID="AB-1"><EAN_UPCS><EAN_UPC Value="0000088698205440"/></EAN_UPCS></file>
    <file Product_ID="11" Supplier_id="7" Prod_ID="Größe &amp; co"><M_Prod_ID> ALT-11 </M_Prod_ID></file>
    <file Product_ID="12" Supplier_id="8" Prod_ID="AB-1"/>
    <file Product_ID="13" Quality="REMOVED" Updated="20260101000000"/>`)

  it('goes by id, by GTIN whatever its zeros, by brand and code whatever their case, by distributors’ codes', () => {
    expect(
      matched(xml, [
        watch({ icecatId: '13' }),
        watch({ gtins: ['88698205440'] }),
        watch({ gtins: ['00088698205440', '999'] }),
        watch({ brandId: '7', code: 'größe & CO' }),
        watch({ brandId: '7', code: 'alt-11' }),
        watch({ brandId: '8', code: ' ab-1 ' }),
        watch({ brandId: '9', code: 'AB-1' }),
      ]),
    ).toEqual([
      [2, 'gtin', '10'],
      [1, 'gtin', '10'],
      [3, 'code', '11'],
      [4, 'code', '11'],
      [5, 'code', '12'],
      [0, 'icecatId', '13'],
    ])
  })

  it('passes over what is no number, and folds codes whatever their length and signs', () => {
    const [plain, accents] = ['Long '.repeat(1000), 'É'.repeat(3000)]
    const odd = indexOf(`
      <file Product_ID="" Supplier_id="7" Prod_ID=""><EAN_UPCS><EAN_UPC Value="0"/><EAN_UPC Value="12ab"/><EAN_UPC
        Value="1234567890123456"/><EAN_UPC IsApproved="1"/></EAN_UPCS></file>
      <file Product_ID="1x" Supplier_id="x" Prod_ID="AB-1"/>
      <file Product_ID="14" Supplier_id="7" Prod_ID=" ${plain}"><M_Prod_ID><![CDATA[ÄB<]]></M_Prod_ID></file>
      <file Product_ID="15" Supplier_id="7" Prod_ID="${accents}"><M_Prod_ID>&#xE9;&eacute;&#0;</M_Prod_ID></file>`)
    expect(
      matched(odd, [
        watch({ gtins: ['0', '12', '1234567890123456'] }),
        watch({ icecatId: '1', brandId: '7', code: ' ' }),
        watch({ brandId: '7', code: plain }),
        watch({ brandId: '7', code: 'äb<' }),
        watch({ brandId: '7', code: accents.toLowerCase() }),
        watch({ brandId: '7', code: 'é&eacute;&#0;' }),
      ]),
    ).toEqual([
      [2, 'code', '14'],
      [3, 'code', '14'],
      [4, 'code', '15'],
      [5, 'code', '15'],
    ])
  })

  it('names a product once for a row, by its strongest key', () => {
    expect(
      matched(xml, [watch({ icecatId: '10', gtins: ['88698205440'], brandId: '7', code: 'AB-1' })]),
    ).toEqual([[0, 'icecatId', '10']])
  })

  it('finds what a search through all rows finds', () => {
    const product = fc.record({
      icecatId: fc.option(fc.integer({ min: 0, max: 30 }).map((index) => generatedRow(index).id)),
      gtins: fc.array(
        fc.integer({ min: 0, max: 30 }).map((index) => generatedRow(index).gtins[0] ?? '0'),
        { maxLength: 2 },
      ),
      brandId: fc.option(fc.integer({ min: 1, max: 30 }).map(String)),
      code: fc.option(fc.integer({ min: 0, max: 30 }).map((index) => generatedRow(index).code.toLowerCase())),
    })
    const text = [...generatedIndex({ rows: 25, seed: 3 })].join('')
    const rows = Array.from({ length: 25 }, (_, index) => generatedRow(index))
    fc.assert(
      fc.property(fc.array(product, { maxLength: 12 }), (products) => {
        const expected = rows.flatMap((row) =>
          products.flatMap((candidate, place) => {
            const isIt =
              candidate.icecatId === row.id ||
              candidate.gtins.some((gtin) => Number(gtin) !== 0 && row.gtins.includes(gtin)) ||
              (candidate.brandId === row.brandId && candidate.code === row.code.toLowerCase())
            return isIt ? [`${place} ${row.id}`] : []
          }),
        )
        const found = matched(text, products).map(([place, , id]) => `${place} ${id}`)
        expect(found.toSorted()).toEqual(expected.toSorted())
      }),
    )
  })

  it('runs in a second thread over a file of the batch door, and finds all that stands in it', async () => {
    const simulator = await icecat({ indexRows: 20_000 })
    const products = [
      watch({ gtins: ['2000000123462'] }),
      ...Array.from({ length: 500 }, (_, place) => watch({ icecatId: generatedRow(place * 40).id })),
      watch({ icecatId: '999' }),
    ]
    const results = await all(
      matchIndex(
        await clientOf(simulator).openIndex('files', 'EN'),
        createWatchList(products),
        'the files index',
      ),
    )
    const matches = results.flatMap((result): IndexMatch[] => result.matches)
    expect(new Set(matches.map(({ watched }) => watched)).size).toBe(501)
    expect(matches.find(({ watched }) => watched === 0)?.row).toMatchObject({
      icecatId: '900000123',
      code: 'NL-DL7-W',
    })
    expect(results.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(20_000)
  })

  it('stops and says why when the file breaks on the way', async () => {
    const simulator = await icecat({ indexRows: 5000 })
    simulator.fault({ truncatedGzip: true })
    const pieces = await clientOf(simulator).openIndex('files', 'EN')
    await expect(all(matchIndex(pieces, createWatchList([]), 'the files index'))).rejects.toMatchObject({
      code: 'not-readable',
    })
  })

  it('reads a daily index with its removals in one thread', async () => {
    const simulator = await icecat()
    simulator.edit({ id: '900000123', values: { 94: '1400' } })
    simulator.remove('900000124')
    simulator.generateIndex()
    const rows = await all(indexRows(await clientOf(simulator).openIndex('daily', 'EN'), 'the daily index'))
    expect(rows.map(({ icecatId, quality }) => `${icecatId} ${quality}`).toSorted()).toEqual([
      '900000123 ICECAT',
      '900000124 REMOVED',
    ])
  })
})
