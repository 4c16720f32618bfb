import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/** What each folder may import of ours; docs/design.md says why. `types` may be imported as types only. */
const layers: Record<string, { values: string[]; types?: string[] }> = {
  contracts: { values: ['contracts'] },
  domain: { values: ['domain'], types: ['contracts'] },
  connectors: { values: ['connectors', 'domain', 'contracts'] },
  activities: { values: ['activities', 'connectors', 'domain', 'contracts'], types: ['config.ts'] },
  workflows: { values: ['workflows', 'domain', 'contracts/names.ts'], types: ['activities', 'contracts'] },
  workers: {
    values: ['workers', 'activities', 'connectors', 'domain', 'contracts', 'config.ts'],
    types: ['workflows'],
  },
  simulator: { values: ['simulator'] },
  local: { values: ['local', 'contracts/names.ts'] },
  // What the package promises: each file only says what of the others that is.
  exports: {
    values: [
      'exports',
      'workers',
      'workflows',
      'connectors',
      'simulator',
      'domain',
      'contracts',
      'config.ts',
    ],
  },
}

/** Packages that a folder must never load, because they belong to another's job. */
const foreign: Record<string, RegExp> = {
  contracts: /^(?!zod$)/,
  domain: /^(?!big\.js$|node:crypto$)/,
  connectors: /^@temporalio\//,
  workflows: /^(?!@temporalio\/(workflow|common)$)/,
  activities: /^(got|postgres|@temporalio\/(worker|workflow))$/,
}

interface Import {
  file: string
  target: string
  typeOnly: boolean
}

/** `import … from`, `export … from`, `import 'x'` at the start of a line, as Prettier leaves them. */
const importLine =
  /^(?:import|export)\s+(?:(type\s+)?((?:\w+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+))\s+from\s+)?'([^']+)'/gm

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

async function importsOf(folder: string): Promise<Import[]> {
  const perFile = await Promise.all(
    (await filesOf(folder)).map(async (file) => {
      const text = await readFile(join(root, file), 'utf8')
      return [...text.matchAll(importLine)].map(([, type, names = '', target = '']) => ({
        file,
        target,
        typeOnly: type !== undefined || onlyTypes(names),
      }))
    }),
  )
  return perFile.flat()
}

/** `{ type A, type B }`: nothing of it is left at run time. */
const onlyTypes = (names: string) =>
  /^\{.*\}$/s.test(names) &&
  names
    .slice(1, -1)
    .split(',')
    .filter((name) => name.trim() !== '')
    .every((name) => name.trim().startsWith('type '))

const isOurs = (target: string) => target.startsWith('.')
const resolve = ({ file, target }: Import) => normalize(join(dirname(file), target))
const within = (path: string, allowed: string[]) =>
  allowed.some((place) => path === place || path.startsWith(`${place}/`))

describe('dependencies point inward', () => {
  it.each(Object.keys(layers))('%s imports only what its place allows', async (folder) => {
    const { values, types = [] } = layers[folder] ?? { values: [] }
    const wrong = (await importsOf(folder))
      .filter((line) => isOurs(line.target))
      .filter((line) => !within(resolve(line), values) && !(line.typeOnly && within(resolve(line), types)))
      .map((line) => `${line.file} imports ${line.target}${line.typeOnly ? ' (type)' : ''}`)
    expect(wrong).toEqual([])
  })

  it.each(Object.keys(foreign))('%s loads no package that is another folder’s job', async (folder) => {
    const pattern = foreign[folder] ?? /^$/
    const wrong = (await importsOf(folder))
      .filter((line) => !isOurs(line.target) && !line.typeOnly && pattern.test(line.target))
      .map((line) => `${line.file} imports ${line.target}`)
    expect(wrong).toEqual([])
  })

  it('lets only the demo and tests start the simulator', async () => {
    const folders = [
      'contracts',
      'domain',
      'connectors',
      'activities',
      'workflows',
      'workers',
      'local',
      'client',
    ]
    const all = (await Promise.all(folders.map(importsOf))).flat()
    const wrong = all.filter(
      (line) =>
        isOurs(line.target) &&
        !line.typeOnly &&
        resolve(line).startsWith('simulator/') &&
        !within(line.file, ['client/demo', 'client/commands/simulate.ts']),
    )
    expect(wrong).toEqual([])
  })

  it('keeps the sources from what the package promises of them', async () => {
    const all = (await Promise.all(Object.keys(layers).concat('client').map(importsOf))).flat()
    const wrong = all.filter(
      (line) =>
        isOurs(line.target) && resolve(line).startsWith('exports/') && !line.file.startsWith('exports/'),
    )
    expect(wrong).toEqual([])
  })

  it('keeps activities away from the command line', async () => {
    const wrong = (await importsOf('client')).filter(
      (line) => isOurs(line.target) && resolve(line).startsWith('activities/'),
    )
    expect(wrong).toEqual([])
  })

  it('keeps SQL in the connectors; only the tour looks into the hub by itself', async () => {
    const folders = ['activities', 'workflows', 'workers', 'client', 'domain', 'contracts']
    const files = (await Promise.all(folders.map(filesOf))).flat()
    const wrong = []
    for (const file of files.filter((path) => !path.startsWith('client/demo/'))) {
      if (/\b(sql|db|tx)(<[^`]*>)?`/.test(await readFile(join(root, file), 'utf8'))) wrong.push(file)
    }
    expect(wrong).toEqual([])
  })

  it('has no file without a place in the picture', async () => {
    const known = ['bench', 'client', 'config', 'examples', 'test', ...Object.keys(layers)]
    const entries = await readdir(root, { withFileTypes: true })
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    const withSources = await Promise.all(
      folders
        .filter(
          (name) =>
            !name.startsWith('.') && !['node_modules', 'dist', 'out', 'docs', 'coverage'].includes(name),
        )
        .map(async (name) => ({ name, sources: (await importsOf(name)).length })),
    )
    expect(withSources.filter(({ name, sources }) => sources > 0 && !known.includes(name))).toEqual([])
  })
})
