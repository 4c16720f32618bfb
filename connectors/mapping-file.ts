import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import {
  type ReadIcecatMapping,
  readIcecatMapping,
} from '../domain/enrichment/mapping/read-icecat-mapping.ts'
import { byCode } from '../domain/text.ts'
import type { MapEntry, MappingNode } from '../domain/mapping/node.ts'
import type { MappingProblem } from '../domain/mapping/problem.ts'
import { readMapping, type ReadMapping } from '../domain/mapping/read-mapping.ts'

/** A mapping file as it came from a folder, the database or the defaults. */
export interface MappingFile {
  /** Such as `acme.hub.yaml`; records name it without its ending. */
  name: string
  text: string
}

/** Reads a file of the direction Akeneo to hub. Nothing throws: what is wrong comes back with its line, all at once. */
export const readMappingFile = (file: MappingFile): ReadMapping => readYaml(file, readMapping)

/** Reads a file of the direction Icecat to Akeneo, likewise. */
export const readIcecatMappingFile = (file: MappingFile): ReadIcecatMapping =>
  readYaml(file, readIcecatMapping)

function readYaml<Read>(
  { name, text }: MappingFile,
  read: (name: string, root: MappingNode) => Read,
): Read | { mapping: null; problems: MappingProblem[] } {
  const problems: MappingProblem[] = []
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  for (const { pos, code, message } of document.errors) {
    const said =
      code === 'MULTIPLE_DOCS' ? 'a mapping file is one document: leave out what follows ---' : message
    problems.push({ severity: 'error', line: lineAt(pos[0]), path: '', message: said })
  }
  if (problems.length > 0) return { mapping: null, problems }
  const root = nodeOf(document.contents)
  if (problems.length > 0) return { mapping: null, problems: problems.sort((a, b) => byCode(a.path, b.path)) }
  return read(mappingName(name), root)

  function nodeOf(node: ParsedNode | null | undefined): MappingNode {
    const [start, end] = node?.range ?? [0, 0]
    const place = { line: node ? lineAt(start) : 1, text: text.slice(start, end).trim() }
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }): MapEntry => {
        const line = lineAt(key.range[0])
        const inner = nodeOf(value)
        if (!isScalar(key) || key.source === '')
          problems.push({ severity: 'error', line, path: '', message: 'a name must be a word' })
        return {
          key: isScalar(key) ? key.source : '',
          line,
          // A value that is not there has no place; its key has.
          node: value === null || value.range[1] === value.range[0] ? { ...inner, line } : inner,
        }
      })
      return { kind: 'map', entries, ...place }
    }
    if (isSeq(node)) return { kind: 'list', items: node.items.map(nodeOf), ...place }
    if (isAlias(node)) {
      problems.push({
        severity: 'error',
        line: place.line,
        path: '',
        message: `*${node.source} is an alias, which mapping files do not have: write it out`,
      })
    }
    const value: unknown = isScalar(node) ? node.value : null
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return { kind: 'scalar', value: plain ? value : null, ...place }
  }
}

/** `mapping/acme.hub.yaml` is `acme.hub`. */
export const mappingName = (file: string): string =>
  file.slice(file.lastIndexOf('/') + 1).replace(/\.ya?ml$/i, '')

/** A word as YAML shows it: in quotes where it would be read as something else than text. */
export const yamlWord = (text: string): string =>
  /^[A-Za-z_$][A-Za-z0-9_@.-]*$/.test(text) && !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text)
