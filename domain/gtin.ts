/** Why a text is no GTIN (GTIN-8, -12, -13 or -14, GS1 General Specifications 7.9), or null when it is one. */
export function gtinFault(text: string): string | null {
  if (!/^\d*$/.test(text)) return `"${text}" has other characters than digits`
  if (![8, 12, 13, 14].includes(text.length)) {
    return `"${text}" has ${text.length} digits, a GTIN has 8, 12, 13 or 14`
  }
  const expected = checkDigit(text.slice(0, -1))
  return text.endsWith(expected) ? null : `"${text}" has a wrong check digit, ${expected} would be right`
}

/** Digits weigh 3 and 1 in turn, counted from the right of what stands before the check digit. */
export function checkDigit(body: string): string {
  let sum = 0
  for (let place = 0; place < body.length; place++) {
    sum += Number(body[body.length - 1 - place]) * (place % 2 === 0 ? 3 : 1)
  }
  return String((10 - (sum % 10)) % 10)
}
