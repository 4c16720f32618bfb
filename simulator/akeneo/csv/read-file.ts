import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { mediaCode } from '../catalog/deterministic.ts'
import type { MediaFile } from '../catalog/records.ts'
import { mimeTypeOf } from '../media-types.ts'
import type { Pim } from '../pim.ts'
import { IMPORT_BEGAN } from './import-dates.ts'

/** Where a file is kept: of products, or of records and assets. */
export interface FileHolder {
  catalog: Pick<Pim['catalog'], 'mediaFiles'>
}

/** The code depends on the path alone, so a file that was left out of the folder has one too. */
export function readFile({ catalog }: FileHolder, folder: string, cell: string): string {
  const path = join(folder, cell)
  const name = basename(cell)
  const code = mediaCode(cell, name)
  if (catalog.mediaFiles.has(code)) return code
  const extension = extname(name).slice(1).toLowerCase()
  const there = existsSync(path) && statSync(path).isFile()
  const content: MediaFile['content'] = there ? { path } : standIn(cell)
  catalog.mediaFiles.set(code, {
    code,
    original_filename: name,
    mime_type: mimeTypeOf(extension),
    extension,
    size: Buffer.isBuffer(content) ? content.length : statSync(path).size,
    content,
    hash: createHash('sha1')
      .update(there ? readFileSync(path) : cell)
      .digest('hex'),
    created: IMPORT_BEGAN,
    updated: IMPORT_BEGAN,
  })
  return code
}

/** What stands for an image that the folder lacks: it begins as its extension says, because Akeneo checks that on each save. */
function standIn(cell: string): Buffer {
  const extension = cell.slice(cell.lastIndexOf('.') + 1).toLowerCase()
  return Buffer.concat([Buffer.from(signatures[extension] ?? []), Buffer.from(`no content for ${cell}\n`)])
}

const signatures: Readonly<Record<string, number[]>> = {
  jpg: [0xff, 0xd8, 0xff, 0xe0],
  jpeg: [0xff, 0xd8, 0xff, 0xe0],
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  gif: [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
}
