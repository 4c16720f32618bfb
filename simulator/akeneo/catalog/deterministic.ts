import { createHash } from 'node:crypto'

/** A uuid that only depends on the text: the same catalogue has the same uuids on every machine. */
export const uuidFrom = (text: string): string => uuidOf(`product/${text}`)

/** Users have uuids in the cloud, where permissions are asked for by them. */
export const userUuid = (username: string): string => uuidOf(`user/${username}`)

function uuidOf(text: string): string {
  const hash = createHash('sha1').update(text).digest('hex')
  const variant = '89ab'[parseInt(hash[16] ?? '0', 16) % 4] ?? '8'
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

/** A media file code as Akeneo makes them: four folders from the hash, then hash and name. */
export function mediaCode(seed: string, filename: string): string {
  const hash = createHash('sha1').update(seed).digest('hex')
  const name = filename.replace(/[^A-Za-z0-9.]/g, '_').slice(-100)
  return `${hash.slice(0, 4).split('').join('/')}/${hash}_${name}`
}
