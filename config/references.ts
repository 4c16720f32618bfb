import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Secret } from '../domain/secret.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type Path = (string | number)[]

export interface PathProblem {
  path: Path
  message: string
}

const environmentReference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?\}$/s
const fileReference = /^\$\{file:([^}]+)\}$/
const anyReference = /\$\{[^}]*\}/

/**
 * Replaces `${NAME}`, `${NAME:-text}` and `${file:PATH}` by what they stand for. What came from outside becomes a `Secret`, so
 * that the schema can tell a reference from a literal; a default is a literal. PATH is relative to `folder`.
 */
export async function resolveReferences(
  value: unknown,
  env: Environment,
  folder: string,
): Promise<{ value: unknown; problems: PathProblem[] }> {
  const problems: PathProblem[] = []
  return { value: await resolveAt(value, []), problems }

  async function resolveAt(part: unknown, path: Path): Promise<unknown> {
    if (typeof part === 'string') return resolveText(part, path)
    if (Array.isArray(part)) {
      return Promise.all(part.map((item, index) => resolveAt(item, [...path, index])))
    }
    if (typeof part !== 'object' || part === null) return part
    const entries = Object.entries(part).map(
      async ([key, item]) => [key, await resolveAt(item, [...path, key])] as const,
    )
    return Object.fromEntries(await Promise.all(entries))
  }

  function resolveText(text: string, path: Path): unknown {
    const [, name, fallback] = environmentReference.exec(text) ?? []
    if (name !== undefined) {
      const found = env[name]
      if (found !== undefined && found !== '') return new Secret(found)
      if (fallback !== undefined) return fallback
      return unresolved(path, `the environment variable ${name} is not set`)
    }
    const [, file] = fileReference.exec(text) ?? []
    if (file !== undefined) {
      const place = resolve(folder, file)
      const content = contentOf(place)
      if (content === null) return unresolved(path, `the file ${file} cannot be read`)
      return content === '' ? unresolved(path, `the file ${file} is empty`) : new FileSecret(place, content)
    }
    if (anyReference.test(text)) {
      return unresolved(
        path,
        'a reference must be the whole value: ${NAME}, ${NAME:-default} or ${file:PATH}',
      )
    }
    return text
  }

  /** One problem is enough: the schema is given something that it takes. */
  function unresolved(path: Path, message: string): Secret {
    problems.push({ path, message })
    return unresolvedReference
  }
}

/** Null: it cannot be read. A file made by an editor or `echo` ends in a line break that is no part of the secret. */
function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return null
  }
}

/**
 * Read again whenever it is used, so that a credential which is replaced in its file needs no restart. While the file is being
 * written, or is gone, what it held last counts.
 */
class FileSecret extends Secret {
  readonly #file: string
  #last: string

  constructor(file: string, content: string) {
    super(content)
    this.#file = file
    this.#last = content
  }

  override reveal(): string {
    const content = contentOf(this.#file)
    if (content !== null && content !== '') this.#last = content
    return this.#last
  }
}

/** Stands where a reference could not be resolved. */
export const unresolvedReference = new Secret('')
