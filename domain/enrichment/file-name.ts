import type { Asset } from './sheet.ts'

/** Endings of the types that Icecat hands out, for addresses without one. */
const endings: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'video/mp4': 'mp4',
}

/** What a file is called in Akeneo: as at Icecat, with an ending by which its type is known; the same for the same address. */
export function fileNameOf({ url }: Pick<Asset, 'url'>, contentType: string): string {
  const step = decoded(new URL(url).pathname.split('/').at(-1) ?? '')
  const name = step.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(-100)
  const base = name === '' || name === '.' || name === '..' ? 'file' : name
  const ending = endings[contentType]
  return /\.[a-z0-9]{2,5}$/i.test(base) || ending === undefined ? base : `${base}.${ending}`
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
