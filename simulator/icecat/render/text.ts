/** Text inside an XML attribute or element. */
export const xmlText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** ` name="value"` for each that is given. */
export const xmlAttributes = (attributes: Record<string, string | number | null | undefined>): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join('')

const HOSTS = /https?:\/\/(?:images|objects|pdfs)\.icecat\.biz/g

/** Addresses of assets lead here, with the caller's content token behind them. */
export function assetLink(url: string, origin: string, contentToken: string | null): string {
  if (!/^https?:\/\/(?:images|objects|pdfs)\.icecat\.biz/.test(url)) return url
  const here = url.replace(HOSTS, `${origin}/assets`)
  return contentToken === null
    ? here
    : `${here}${here.includes('?') ? '&' : '?'}content_token=${contentToken}`
}

/** The same for a recorded answer as a whole. */
export const recordedLinks = (xml: string, origin: string, contentToken: string | null): string =>
  xml.replace(/https?:\/\/(?:images|objects|pdfs)\.icecat\.biz[^"<\s]*/g, (url) =>
    xmlText(assetLink(url, origin, contentToken)),
  )

/** `YYYY-MM-DD HH:MM:SS`, as bodies write it. */
export const stampOf = (at: string): string =>
  /^\d{4}-\d\d-\d\dT/.test(at) ? at.slice(0, 19).replace('T', ' ') : at

/** `YYYYMMDDHHMMSS`, as indexes write it. */
export const indexStamp = (at: Date): string => at.toISOString().slice(0, 19).replace(/[-T:]/g, '')
