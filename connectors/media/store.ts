import type { Readable } from 'node:stream'

export interface StoredContent {
  sha256: string
  /** Bytes. */
  size: number
}

/** Files by the hash of their content. A folder does; an object store can take its place. */
export interface MediaStore {
  /**
   * Takes `body` to its end and keeps it under its hash; only what came whole is ever seen under it. Memory does not grow with the
   * size. Throws a RefusedError `file-too-large` above `maxBytes`, and a TransientError when it cannot keep it.
   */
  put(body: Readable, limits: { maxBytes: number }): Promise<StoredContent>
  /** What is kept under hashes that begin with these two digits, and since when. */
  list(prefix: string): Promise<{ sha256: string; since: Date }[]>
  remove(sha256: string): Promise<void>
  /** Forgets what was begun before and never came to its end. */
  removeUnfinished(before: Date): Promise<void>
}
