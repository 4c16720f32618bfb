import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sheetOfXml } from '../../../connectors/icecat/translate/xml-sheet.ts'
import { elementsOf } from '../../../connectors/icecat/xml/read-elements.ts'
import { mergeSheets, type Sheet } from '../../../domain/enrichment/sheet.ts'
import { recordedSheets } from '../../simulator/icecat/helpers.ts'
import { amounts } from './recorded-cells/amounts.ts'
import { phone, phoneDe, phoneFr } from './recorded-cells/cell.ts'
import { inLanguages } from './recorded-cells/languages.ts'
import { options } from './recorded-cells/options.ts'
import { texts } from './recorded-cells/texts.ts'
import { catalogueOf, enrichmentOf, mappingText, thing } from './target.ts'

const folder = recordedSheets() ?? ''

const cases = [...amounts, ...inLanguages, ...options, ...texts]

const sheets = new Map<string, Sheet>()
function sheetOf(file: string): Sheet {
  const known = sheets.get(file)
  if (known) return known
  const [product] = elementsOf(readFileSync(join(folder, file), 'utf8'), new Set(['Product']), file)
  if (product === undefined) throw new Error(`${file} has no product`)
  const sheet = sheetOfXml(product, 'EN')
  sheets.set(file, sheet)
  return sheet
}

/** The phone is mapped from its three languages together. */
const sheetFor = (file: string): Sheet => {
  const files =
    file === phoneDe ? [phoneDe, phone, phoneFr] : [phone].includes(file) ? [phone, phoneDe, phoneFr] : [file]
  const merged = mergeSheets(files.map(sheetOf))
  if (merged === null) throw new Error('no sheet')
  return merged
}

describe.skipIf(folder === '')('cells of recorded sheets, typed by hand (PIMFLOW_REFERENCE_DATA)', () => {
  it('are at least 40', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40)
  })

  it.each(
    cases.map((one) => [`${one.file}:${one.line} ${one.xml.slice(0, 40)} by ${one.rule}`, one] as const),
  )('%s', (_name, { file, line, xml, into, rule, cell }) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    expect(lines[line - 1]).toContain(xml)
    const enrichment = enrichmentOf(mappingText(`target: ${rule}`), catalogueOf({ target: into }))
    const results = enrichment.cells(sheetFor(file), thing).map(({ locale, result }) => {
      const shown = result.kind === 'value' ? result.data : result.kind === 'absent' ? 'absent' : result.code
      return [locale ?? '', shown] as const
    })
    if (into.localizable === true) expect(Object.fromEntries(results)).toEqual(cell)
    else if (cell instanceof RegExp) expect(results[0]?.[1]).toMatch(cell)
    else expect(results).toEqual([['', cell]])
  })
})
