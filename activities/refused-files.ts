import { RefusedError } from '../connectors/errors.ts'
import type { FileName } from '../domain/media-files.ts'

/** Answers that the address of one file may give while Akeneo is well. Not 401: that, as a refused login, is about all of them. */
const refusedFile = new Set([
  'bad-request',
  'forbidden',
  'no-such-route',
  'method-not-allowed',
  'not-acceptable',
  'media-type',
  'unprocessable',
  'redirected',
  'unexpected-status',
])

export const isRefusedFile = (error: unknown): error is RefusedError =>
  error instanceof RefusedError && refusedFile.has(error.code)

/** So many files refused in turn are taken for all: a right is missing, or a proxy stands before them. */
const takenForAll = 10

/** Files that were refused in turn, by where Akeneo hands them out. */
export class RefusedFiles {
  readonly #codes = new Map<FileName['origin'], Set<string>>()
  /** Why none of them comes; null while others may. */
  ofAll: RefusedError | null = null

  add({ origin, code }: FileName, { code: answer, asked, came, remedy }: RefusedError): void {
    const codes = (this.#codes.get(origin) ?? new Set()).add(code)
    this.#codes.set(origin, codes)
    if (codes.size < takenForAll) return
    this.ofAll = new RefusedError({
      code: answer,
      asked,
      came: `${came}, as for the ${codes.size - 1} files before it`,
      remedy,
    })
  }

  /** One has come: those before it were refused for reasons of their own. */
  forget({ origin }: FileName): void {
    this.#codes.delete(origin)
  }
}
