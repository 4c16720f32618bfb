/** Nothing to read: also blanks alone, which no screen shows as a name. */
export const isBlank = (text: string): boolean => text.trim() === ''

/** Ignores case as Akeneo does for codes and identifiers: `Apollon` and `apollon` are one model. */
export const foldCase = (code: string): string => code.toLowerCase()

/** Order of codes that is the same on every machine: by code unit, not by the machine's language. */
export const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
