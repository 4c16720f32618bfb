import { didYouMean } from './nearest.ts'
import type { MapEntry, MappingNode } from './node.ts'
import type { MappingProblem } from './problem.ts'
import type { Word } from './document.ts'

/** A part of the file with its place in it. */
export interface Field {
  path: string
  line: number
  node: MappingNode
}

/** Reads parts of a file and keeps every problem with its line, so that a person sees all of them at once. */
export class Reader {
  readonly problems: MappingProblem[] = []

  error(place: { line: number; path: string }, message: string): void {
    this.problems.push({ severity: 'error', line: place.line, path: place.path, message })
  }

  /** What was read without an error. Half of it would say something else than was meant, such as a rule without its condition. */
  faultless<Read>(read: () => Read): Read | undefined {
    const before = this.problems.length
    const made = read()
    return this.problems.length > before ? undefined : made
  }

  /** The entries of a map; a key that is not among `known` is an error. Undefined when it is no map. */
  fields<K extends string>(field: Field, known: readonly K[]): Partial<Record<K, Field>> | undefined {
    const entries = this.entries(field)
    if (!entries) return undefined
    const found: Partial<Record<K, Field>> = {}
    for (const { key, line, node } of entries) {
      const name = known.find((candidate) => candidate === key)
      const path = pathTo(field.path, key)
      if (name === undefined) {
        this.error(
          { line, path },
          `is not a setting here.${didYouMean(key, known)} There are: ${known.join(', ')}`,
        )
      } else found[name] = { path, line, node }
    }
    return found
  }

  entries(field: Field): MapEntry[] | undefined {
    if (field.node.kind === 'map') return field.node.entries
    this.error(field, 'must be a map of names and values')
    return undefined
  }

  /** The entries of a map whose names are free, each with its place; none where there is no map. */
  named(field: Field | undefined): (Field & { key: string })[] {
    if (!field) return []
    return (this.entries(field) ?? []).map((entry) => ({ ...entry, path: pathTo(field.path, entry.key) }))
  }

  items(field: Field): Field[] | undefined {
    if (field.node.kind === 'list') {
      return field.node.items.map((node, index) => ({
        path: `${field.path}[${index}]`,
        line: node.line,
        node,
      }))
    }
    this.error(field, 'must be a list')
    return undefined
  }

  /** Text that is not empty. A bare number is refused: `007` would arrive as 7. */
  text(field: Field | undefined): string | undefined {
    if (!field) return undefined
    const { node } = field
    if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') return node.value
    const bare = node.kind === 'scalar' && node.value !== null && node.value !== ''
    this.error(field, bare ? `must be text: write "${node.text}" in quotes` : 'must be text')
    return undefined
  }

  word(field: Field | undefined): Word | undefined {
    const text = this.text(field)
    return text === undefined || !field ? undefined : { text, line: field.line }
  }

  words(field: Field | undefined): Word[] | undefined {
    if (!field) return undefined
    return this.items(field)?.flatMap((item) => this.word(item) ?? [])
  }

  flag(field: Field | undefined): boolean | undefined {
    if (!field) return undefined
    if (field.node.kind === 'scalar' && typeof field.node.value === 'boolean') return field.node.value
    this.error(field, 'must be true or false')
    return undefined
  }

  whole(field: Field | undefined, least: number, most: number): number | undefined {
    if (!field) return undefined
    const value = field.node.kind === 'scalar' ? field.node.value : undefined
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    this.error(field, `must be a whole number from ${least} to ${most}`)
    return undefined
  }

  /** `others`: what it may be besides, in words. */
  choice<const C extends string>(
    field: Field | undefined,
    choices: readonly C[],
    ...others: string[]
  ): C | undefined {
    if (!field) return undefined
    const value = field.node.kind === 'scalar' ? field.node.value : undefined
    const found = choices.find((choice) => choice === value)
    if (found === undefined) this.error(field, `must be ${[...choices, ...others].join(' or ')}`)
    return found
  }

  /** `5%` as 0.05. */
  percentage(field: Field | undefined): number | undefined {
    if (!field) return undefined
    const value = field.node.kind === 'scalar' ? field.node.value : undefined
    const digits = typeof value === 'string' ? /^(\d{1,3}(?:\.\d+)?) ?%$/.exec(value)?.[1] : undefined
    const percent = digits === undefined ? Number.NaN : Number(digits)
    if (percent <= 100) return percent / 100
    this.error(field, 'must be a percentage such as 5%')
    return undefined
  }
}

export const pathTo = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
