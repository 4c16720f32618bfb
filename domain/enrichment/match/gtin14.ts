import { gtinFault } from '../../gtin.ts'

/** A GTIN in its long form, so that `88698205440`, `0088698205440` and `00088698205440` are one; or why it is none. */
export function toGtin14(text: string): { gtin: string } | { fault: string } {
  const digits = text.replace(/[\s-]/g, '')
  const fault = gtinFault(padded(digits))
  return fault === null ? { gtin: digits.padStart(14, '0') } : { fault: fault.replace(padded(digits), text) }
}

/** A spreadsheet takes zeros in front away: the shortest length that these digits fit into. */
function padded(digits: string): string {
  if (!/^\d+$/.test(digits)) return digits
  const length = [8, 12, 13, 14].find((fitting) => digits.length <= fitting)
  return length === undefined ? digits : digits.padStart(length, '0')
}
