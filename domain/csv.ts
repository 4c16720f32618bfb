/** CSV for people's spreadsheets: `;` between cells; a cell that would be run as a formula is made text. */
export const csvText = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(cell).join(';')}\n`).join('')

function cell(text: string): string {
  const safe = /^[=+@\t\r-]/.test(text) && !/^-\d+([.,]\d+)?$/.test(text) ? `'${text}` : text
  return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
