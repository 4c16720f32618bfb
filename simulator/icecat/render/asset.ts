/** The smallest pictures that are ones; a comment or text makes each address's content its own. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const JPEG =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA='

/** Content for an address: the same each time, different from any other address's. */
export function assetContent(path: string): { type: string; bytes: Buffer } {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  const mark = Buffer.from(path, 'utf8')
  switch (ending) {
    case 'png':
      // Bytes behind the last chunk are ignored by every reader.
      return { type: 'image/png', bytes: Buffer.concat([Buffer.from(PNG, 'base64'), mark]) }
    case 'pdf':
      return { type: 'application/pdf', bytes: Buffer.from(`%PDF-1.4\n% ${path}\n%%EOF\n`) }
    case 'mp4':
      return {
        type: 'video/mp4',
        bytes: Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom'), mark]),
      }
    default: {
      const picture = Buffer.from(JPEG, 'base64')
      const comment = Buffer.concat([
        Buffer.from([0xff, 0xfe, (mark.length + 2) >> 8, (mark.length + 2) & 0xff]),
        mark,
      ])
      return {
        type: 'image/jpeg',
        bytes: Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)]),
      }
    }
  }
}

/** Bytes of what `assetContent` answers at Icecat's own address of it, which is served below `/assets`; 0 of what is no address. */
export const assetSize = (url: string): number =>
  URL.canParse(url) ? assetContent(`/assets${new URL(url).pathname}`).bytes.length : 0
