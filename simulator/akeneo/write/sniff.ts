/** Mime types that Akeneo checks against the content of an image. */
export const SNIFFED: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
}

/** What a file's first bytes say it is; text when nothing speaks against it. */
export function sniffMimeType(content: Buffer): string | undefined {
  if (content.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg'
  if (content.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47]))) return 'image/png'
  if (content.subarray(0, 4).toString('latin1') === 'GIF8') return 'image/gif'
  if (content.subarray(0, 5).toString('latin1') === '%PDF-') return 'application/pdf'
  if (content.length === 0) return 'application/x-empty'
  return content.subarray(0, 512).includes(0) ? 'application/octet-stream' : 'text/plain'
}
