import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Path } from './references.ts'

/** A YAML file that knows on which line each of its values stands. */
export interface YamlFile {
  name: string
  value: unknown
  /** What is not YAML at all, or a key that stands twice. */
  syntaxProblems: { line: number; message: string }[]
  /** Line of the longest part of `path` that this file has, and how many steps of it that is. Lines count from 1. */
  locate(path: Path, merged: unknown): { line: number; steps: number }
}

export function readYaml(name: string, text: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  return {
    name,
    value: document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 50 }),
    syntaxProblems: document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message })),
    locate(path, merged) {
      let node: unknown = document.contents
      let counterpart = merged
      let line = 1
      for (const [steps, step] of path.entries()) {
        const found = stepInto(node, step, counterpart)
        if (!found) return { line, steps }
        line = lineAt(found.offset)
        node = found.node
        counterpart = (counterpart as Record<string | number, unknown> | null | undefined)?.[step]
      }
      return { line, steps: path.length }
    },
  }
}

/**
 * One step down. Items of a list are found by their `name` where they have one, because an overlay lists only those that it
 * changes, in an order of its own.
 */
function stepInto(
  node: unknown,
  step: string | number,
  parent: unknown,
): { node: unknown; offset: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
    if (!pair) return undefined
    return { node: pair.value, offset: (pair.key as Node).range?.[0] ?? 0 }
  }
  if (isSeq(node) && typeof step === 'number') {
    const items = Array.isArray(parent) ? parent : []
    const name = nameOf(items[step])
    const named = name !== undefined && items.filter((item) => nameOf(item) === name).length === 1
    const item = named
      ? node.items.find((candidate) => isMap(candidate) && candidate.get('name') === name)
      : node.items[step]
    return item === undefined ? undefined : { node: item, offset: (item as Node).range?.[0] ?? 0 }
  }
  return undefined
}

export const nameOf = (value: unknown): string | undefined => {
  const name = (value as { name?: unknown } | null | undefined)?.name
  return typeof name === 'string' ? name : undefined
}
