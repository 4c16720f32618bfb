import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RefusedError, TransientError } from '../errors.ts'
import type { MediaStore, StoredContent } from './store.ts'

/**
 * A folder: `<first two digits>/<sha256>`, the file without an extension. What is on its way lies in `incoming/` and gets its name
 * only when it is whole and on the disk.
 */
export function folderStore(folder: string): MediaStore {
  const incoming = join(folder, 'incoming')
  const partOf = (sha256: string) => join(folder, sha256.slice(0, 2))
  const placeOf = (sha256: string) => join(partOf(sha256), sha256)
  return {
    put: (body, { maxBytes }) =>
      explained(folder, async () => {
        await mkdir(incoming, { recursive: true })
        const path = join(incoming, randomUUID())
        try {
          const content = await write(body, path, maxBytes)
          await mkdir(partOf(content.sha256), { recursive: true })
          // The same content is there already, or nothing is: either way the name stands for it afterwards, at once and whole.
          await rename(path, placeOf(content.sha256))
          return content
        } catch (error) {
          await rm(path, { force: true })
          throw error
        }
      }),

    list: (prefix) =>
      explained(folder, async () => {
        const names = (await namesIn(join(folder, prefix))).filter((name) => /^[0-9a-f]{64}$/.test(name))
        return Promise.all(
          names.map(async (sha256) => ({ sha256, since: (await stat(placeOf(sha256))).mtime })),
        )
      }),

    remove: (sha256) => explained(folder, () => rm(placeOf(sha256), { force: true })),

    removeUnfinished: (before) =>
      explained(folder, async () => {
        for (const name of await namesIn(incoming)) {
          const path = join(incoming, name)
          if ((await stat(path)).mtime < before) await rm(path, { force: true })
        }
      }),
  }
}

async function write(body: Readable, path: string, maxBytes: number): Promise<StoredContent> {
  const hash = createHash('sha256')
  let size = 0
  const handle = await open(path, 'wx')
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length
        if (size > maxBytes) throw tooLarge(maxBytes)
        hash.update(chunk)
        yield chunk
      }
    },
    // On the disk before it gets its name: else a power cut could leave an empty file under a hash that is not its own.
    handle.createWriteStream({ flush: true }),
  )
  return { sha256: hash.digest('hex'), size }
}

const tooLarge = (maxBytes: number) =>
  new RefusedError({
    code: 'file-too-large',
    asked: 'a file',
    came: `more than ${Math.round(maxBytes / 1024 / 1024)} MB`,
    remedy: 'Raise media.maxMegabytes, or put a smaller file into Akeneo.',
  })

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** What the disk says, with what to do about it: it is tried again until somebody does. */
async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    const remedy = code === undefined || syscall === undefined ? undefined : remedies[code]
    if (remedy === undefined) throw error
    throw new TransientError(
      { code: 'media-store', asked: `the media folder ${folder}`, came: `${syscall} ${code}`, remedy },
      { cause: error },
    )
  }
}

const mayNotWrite = 'Let the worker write into the media folder, or name another one (media.folder).'
const remedies: Partial<Record<string, string>> = {
  ENOSPC: 'The disk of the media folder is full: make room; files go on by themselves.',
  EDQUOT: 'The quota of the media folder is used up: raise it; files go on by themselves.',
  EACCES: mayNotWrite,
  EPERM: mayNotWrite,
  EROFS: mayNotWrite,
  ENOTDIR: 'Something else than a folder is where the media folder should be: move it, or name another one.',
  EIO: 'The disk of the media folder cannot be read or written: look at it.',
}
