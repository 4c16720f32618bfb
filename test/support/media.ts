import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Media } from '../../contracts/hub.ts'
import { recordsOf } from '../../connectors/hub/records.ts'
import type { AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import type { Pipeline } from './pipeline.ts'

export const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

/** Bytes that a PIM takes for a picture. */
export const picture = (text: string) =>
  Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.from(text)])

/** Hashes that the folder holds, and how many files are unfinished. */
export async function stored(folder: string): Promise<{ hashes: string[]; unfinished: number }> {
  const parts = await readdir(folder)
  const hashes = await Promise.all(
    parts.filter((part) => part !== 'incoming').map((part) => readdir(join(folder, part))),
  )
  const unfinished = parts.includes('incoming') ? (await readdir(join(folder, 'incoming'))).length : 0
  return { hashes: hashes.flat().sort(), unfinished }
}

export const placeOf = (folder: string, hash: string) => join(folder, hash.slice(0, 2), hash)

export const downloads = (akeneo: AkeneoSimulator) =>
  akeneo.requests().filter(({ path }) => path.includes('/media-files/'))

/** Every file that the hub's records show, as they show it. */
export async function mediaOf({ database: { sql }, connection }: Pipeline): Promise<Media[]> {
  const found: Media[] = []
  for await (const record of recordsOf(sql, connection, 'ecommerce')) {
    if (record.kind === 'product' || record.kind === 'group') found.push(...record.media)
    if (record.kind === 'group') found.push(...(record.subgroups ?? []).flatMap(({ media }) => media))
  }
  return found
}
