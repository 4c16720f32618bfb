import type { AttributeValue, Decimal, Measure } from '../../../../contracts/hub.ts'

/** One value on its way through a rule. `list` is what labels of several options become, until a step joins them. */
export type Cell =
  | { type: 'text' | 'identifier' | 'date' | 'option' | 'entity' | 'file'; value: string }
  | { type: 'number'; value: Decimal }
  | { type: 'measure'; value: Measure }
  | { type: 'boolean'; value: boolean }
  | { type: 'options' | 'entities' | 'assets' | 'list'; value: string[] }
  | { type: 'prices'; value: Record<string, Decimal> }
  | { type: 'table' | 'link'; value: unknown }

/** `unknown` is what an expression gives: seen only when it has run. */
export type CellType = Cell['type'] | 'unknown'

/** What a read of an attribute gives, which has one value and no locales. */
export const cellOf = (value: AttributeValue): Cell | null =>
  // The two unions pair types with values alike; the compiler cannot see that through `values`.
  'value' in value ? ({ type: value.type, value: value.value } as Cell) : null

/** As an attribute of the hub. */
export const attributeOf = (cell: Cell): AttributeValue =>
  // A list is joined before it gets here: `compileRule` refuses a rule that would end in one.
  ({ type: cell.type, value: cell.value }) as AttributeValue

export const attributeByLocale = (cells: readonly (readonly [string, Cell])[]): AttributeValue | null => {
  const [first] = cells
  if (!first) return null
  const { type } = first[1]
  // An expression can give a number in one locale and a text in the next; a field has one type.
  const alike = cells.filter(([, cell]) => cell.type === type)
  const values = Object.fromEntries(alike.map(([locale, { value }]) => [locale, value]))
  return { type, values } as AttributeValue
}

/** As plain text, where a target or a template wants one; null for what is no text by itself. */
export function textOfCell(cell: Cell): string | null {
  switch (cell.type) {
    case 'boolean':
      return String(cell.value)
    case 'measure':
      return `${cell.value.amount} ${cell.value.unit}`
    case 'options':
    case 'entities':
    case 'assets':
    case 'list':
      return cell.value.join(', ')
    case 'prices':
    case 'table':
    case 'link':
      return null
    default:
      return cell.value
  }
}
