/** Icecat writes line breaks as a backslash and an n, and doubles them at will. */
export const readText = (text: string): string => text.replace(/\\r/g, '').replace(/\\n/g, '\n').trim()

/** Under its language, in capitals; nothing for empty text. */
export const under = (language: string, text: string | undefined): Record<string, string> => {
  const read = readText(text ?? '')
  return read === '' || language === '' ? {} : { [language.toUpperCase()]: read }
}

/** Addresses are kept without what opens them: they stand in values, logs and reports. */
export function withoutToken(url: string): string {
  try {
    const parsed = new URL(url)
    for (const name of [...parsed.searchParams.keys()]) {
      if (/^(content_token|access.*|token)$/i.test(name)) parsed.searchParams.delete(name)
    }
    return parsed.href
  } catch {
    return ''
  }
}

/** `2015-10-04` and `14-02-2025` are both written; null for anything else. */
export function readDay(text = ''): string | null {
  const iso = /^\d{4}-\d\d-\d\d/.exec(text)
  if (iso) return iso[0]
  const reversed = /^(\d\d)-(\d\d)-(\d{4})$/
  return reversed.test(text) ? text.replace(reversed, '$3-$2-$1') : null
}

/** Bytes; Icecat writes 0 where it does not know. */
export const readSize = (text: string | undefined): number | null => {
  const size = Number(text)
  return Number.isFinite(size) && size > 0 ? size : null
}

/** What a document is, by Icecat's type and content type. */
export function kindOfMultimedia(type: string, contentType: string, isVideo: boolean) {
  if (isVideo || contentType.startsWith('video/') || /video/i.test(type)) return 'video'
  if (/energy label/i.test(type)) return 'energy-label'
  if (/leaflet|brochure|datasheet/i.test(type)) return 'leaflet'
  return /manual|user guide/i.test(type) ? 'manual' : 'document'
}

export const orNull = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : text

/** An address that cannot be read leads nowhere: the file is left out. */
export const hasAddress = ({ url }: { url: string }): boolean => url !== ''
