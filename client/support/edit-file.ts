import { hash, randomBytes } from 'node:crypto'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { UsageError } from './errors.ts'

/** Somebody else has written the file since it was looked at. */
export class StaleFileError extends Error {
  override readonly name = 'StaleFileError'
}

/** What a text is told by from a later one. */
export const markOf = (text: string): string => hash('sha256', text, 'base64url')

let last: Promise<unknown> = Promise.resolve()

/**
 * Replaces a file of the user's as a whole or not at all, if it still says what it said when `mark` was made of it. Links are followed
 * and the file's mode stays. One edit after the other within this process; what an editor elsewhere saves in the instant between the
 * last look and the replacement is not seen.
 */
export function editFile(path: string, mark: string, edit: (text: string) => string): Promise<void> {
  const next = last.then(
    () => edited(path, mark, edit),
    () => edited(path, mark, edit),
  )
  last = next.catch(() => undefined)
  return next
}

async function edited(path: string, mark: string, edit: (text: string) => string): Promise<void> {
  try {
    const place = await realpath(path)
    const before = await unchanged(place, mark)
    const text = edit(before)
    const { mode } = await stat(place)
    const beside = `${place}.${randomBytes(6).toString('hex')}.new`
    try {
      const file = await open(beside, 'wx', mode)
      try {
        // What the process takes from new files does not count for one that was there.
        await file.chmod(mode)
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await unchanged(place, mark)
      await rename(beside, place)
    } finally {
      await rm(beside, { force: true })
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!readOnly.has(code)) throw error
    throw new UsageError(
      `${path} cannot be written from here (${code}): change it where it comes from, by hand or by a commit`,
    )
  }
}

async function unchanged(place: string, mark: string): Promise<string> {
  const text = await readFile(place, 'utf8')
  if (markOf(text) !== mark) throw new StaleFileError(`${place} has changed since this was looked at`)
  return text
}

/** A folder without the right to write, a read-only disk, a file that a container has mounted alone. */
const readOnly = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY'])
