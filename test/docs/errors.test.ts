import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot, readText } from '../packaging/files.ts'

const folders = ['activities', 'client', 'config', 'connectors', 'domain', 'local', 'workers']

/** Names that stand where a code may, and are none that a person sees. */
const noCodes = new Set([
  // zod's kind of an issue that a schema of ours makes.
  'custom',
  // The selling unit that everything has.
  'each',
  // A parameter's name in a rule of a schema.
  'name',
  // Why a record waits, and how a line of a delivery ended: said in a sentence, never as a code.
  'category',
  'emptied',
  'link',
  'media',
  'mapping',
  'group',
  'related',
  'variants',
  'accepted',
  'refused',
])

const code = String.raw`'([a-z]+(?:-[a-z0-9]+)*)'`

/** Where codes are said: as a property (also one of two), as a constant of that name, and as what makes a verdict or a problem. */
const places = [
  new RegExp(String.raw`\b(?:code|reason)\b:\s*(?:[\w.() =!]+\?\s*)?${code}`, 'g'),
  new RegExp(String.raw`\b(?:code|reason)\b:\s*[\w.() =!]+\?\s*'[^']+'\s*:\s*${code}`, 'g'),
  new RegExp(String.raw`\breadonly code = ${code}`, 'g'),
  new RegExp(String.raw`\b(?:unreadable|noAnswer|partMissing|unstorable) = ${code}`, 'g'),
  new RegExp(String.raw`\bproblem\(\s*${code}`, 'g'),
  new RegExp(String.raw`\bfailed\((?:\w+ \? )?${code}`, 'g'),
  new RegExp(String.raw`\brun\(\s*${code}`, 'g'),
  new RegExp(String.raw`\bproduct\(\s*'[a-z-]+',\s*${code}`, 'g'),
  new RegExp(String.raw`\brefusedFinding\(\s*\w+,\s*${code}`, 'g'),
  new RegExp(String.raw`^\s+\| ${code}$`, 'gm'),
]

function codesOf(folder: string): string[] {
  return readdirSync(resolve(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => {
      const text = readText(`${folder}/${path}`)
      const used = path.endsWith('convert/cell.ts') ? places : places.slice(0, -1)
      return used.flatMap((place) => [...text.matchAll(place)].map(([, found = '']) => found))
    })
}

const inSources = [...new Set([...folders.flatMap(codesOf), 'configuration'])]
  .filter((name) => !noCodes.has(name))
  .sort()

const rows = readText('docs/errors.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|$/g, '').trim()))
const inDocs = rows.map(([name = '']) => name.replaceAll('`', ''))

describe('docs/errors.md', () => {
  it('walks enough of the sources to mean something', () => expect(inSources.length).toBeGreaterThan(100))

  it.each(inSources)('has %s', (name) => expect(inDocs).toContain(name))

  it('has none that no source says', () => {
    const all = folders
      .flatMap((folder) =>
        readdirSync(resolve(projectRoot, folder), { recursive: true, encoding: 'utf8' })
          .filter((path) => path.endsWith('.ts'))
          .map((path) => readText(`${folder}/${path}`)),
      )
      .concat(readText('config.ts'))
      .join('\n')
    const stale = inDocs.filter((name) =>
      name.endsWith('…') ? !all.includes(`\`${name.slice(0, -1)}`) : !all.includes(`'${name}'`),
    )
    expect(stale).toEqual([])
  })

  it('says of each what it means, why, and what to do, once', () => {
    for (const row of rows)
      expect(
        row.filter((cell) => cell !== ''),
        row[0],
      ).toHaveLength(4)
    expect(inDocs.toSorted()).toEqual([...new Set(inDocs)].toSorted())
  })
})
