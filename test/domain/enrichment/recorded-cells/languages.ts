import { phone, phoneDe, inkEs, text, byLocale, type RecordedCell } from './cell.ts'

/** One place for each language. */
export const inLanguages: RecordedCell[] = [
  {
    file: phoneDe,
    line: 119,
    xml: 'Value="16.78 million colours"',
    into: byLocale,
    rule: 'feature/24847',
    cell: {
      en_US: '16.78 million colours',
      de_DE: '16,78 Millionen Farben',
      fr_FR: '16,78 millions de couleurs',
      es_ES: 'absent',
    },
  },
  {
    file: phoneDe,
    line: 469,
    xml: 'Value="1/2.6"',
    into: byLocale,
    rule: 'feature/1618',
    cell: {
      en_US: '25.4 / 2.6 mm (1 / 2.6")',
      de_DE: '25,4 / 2,6 mm (1 / 2.6 Zoll)',
      fr_FR: '25,4 / 2,6 mm (1 / 2.6")',
      es_ES: '1/2.6 "',
    },
  },
  {
    file: phone,
    line: 1111,
    xml: 'Value="Black"',
    into: byLocale,
    rule: 'feature/1766',
    cell: { en_US: 'Black', de_DE: 'Schwarz', fr_FR: 'Noir', es_ES: 'absent' },
  },
  {
    file: inkEs,
    line: 173,
    xml: 'Value="154.2"',
    into: byLocale,
    rule: 'feature/762',
    cell: { en_US: '154.2 g', de_DE: '154.2 g', fr_FR: '154.2 g', es_ES: '154,2 g' },
  },
  {
    file: inkEs,
    line: 5,
    xml: 'Cartucho de tinta original 10 negro',
    into: byLocale,
    rule: 'title',
    cell: {
      en_US: 'absent',
      de_DE: 'absent',
      fr_FR: 'absent',
      es_ES: 'HP Cartucho de tinta original 10 negro',
    },
  },
  {
    file: inkEs,
    line: 5,
    xml: 'Cartucho de tinta original 10 negro',
    into: text,
    rule: 'title',
    cell: 'absent',
  },
]
