import type { IcecatSettings } from './settings.ts'

/** Whether a file's address is Icecat's: only there is it fetched, and only there does the content token go. */
export function isOurs(address: URL, { assetDomains, dataUrl, liveUrl }: IcecatSettings): boolean {
  const doors = [dataUrl, liveUrl].map((url) => new URL(url))
  if (doors.some(({ origin }) => origin === address.origin)) return true
  if (address.protocol !== 'https:' && address.protocol !== 'http:') return false
  return assetDomains.some((domain) => address.hostname === domain || address.hostname.endsWith(`.${domain}`))
}
