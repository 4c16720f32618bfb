import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ensureBuilt } from '../../bench/support/build.ts'
import { until } from '../support/until.ts'
import { packageJson, projectRoot, readText } from './files.ts'

const run = promisify(execFile)
const npm = (folder: string, ...words: string[]) =>
  run('npm', [...words, '--no-audit', '--no-fund', '--no-update-notifier'], { cwd: folder })

/** The modules of docs/library.md, by the name in their first line: whoever copies one gets what is checked here. */
const examples = new Map(
  [...readText('docs/library.md').matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
    ([, name = '', text = '']) => [name, text],
  ),
)

const Packed = z
  .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  .length(1)

let folder: string
let tarball: Buffer
let files: string[]
/** What npm warned of. */
let installing: string
/** Where somebody installed the package, with nothing else of this repository in sight. */
let project: string
const pimflow = (...words: string[]) =>
  run(join(project, 'node_modules/.bin/pimflow'), words, { cwd: project })

beforeAll(async () => {
  await ensureBuilt(() => undefined)
  folder = await mkdtemp(join(tmpdir(), 'pimflow-package-'))
  project = join(folder, 'project')
  await mkdir(project)
  // Its scripts would build once more.
  const { stdout } = await npm(
    projectRoot,
    'pack',
    '--ignore-scripts',
    '--json',
    '--pack-destination',
    folder,
  )
  const [packed] = Packed.parse(JSON.parse(stdout))
  const path = join(folder, packed?.filename ?? '')
  tarball = await readFile(path)
  files = packed?.files.map((file) => file.path) ?? []
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  const nodeTypes = `@types/node@${packageJson.devDependencies['@types/node'] ?? ''}`
  installing = (await npm(project, 'install', '--prefer-offline', path, nodeTypes)).stderr
}, 240_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

it('a build of a clone may be run, as `npx pimflow` does it', async () => {
  const { mode } = await stat(join(projectRoot, packageJson.bin.pimflow))
  expect(mode & 0o111).toBe(0o111)
})

describe('the package', () => {
  it('holds what it needs at run time and nothing of the sources', () => {
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json']))
    const kept = (path: string) => files.filter((file) => file.startsWith(path))
    expect(
      kept('dist/connectors/hub/migrations/').filter((file) => file.endsWith('.sql')).length,
    ).toBeGreaterThan(10)
    expect(files).toContain('dist/workers/workflow-bundle.generated.cjs')
    const strange = files.filter(
      (file) => !/^(dist|examples)\/|^(LICENSE|[A-Z]+\.md|package\.json)$/.test(file),
    )
    expect(strange).toEqual([])
    expect(kept('dist/test').concat(files.filter((file) => /\.(map|tsbuildinfo)$/.test(file)))).toEqual([])
  })

  it('is not built once more where nothing has changed, as when `npx` links a clone', async () => {
    const made = [
      'dist/workers/workflow-bundle.generated.cjs',
      'dist/client/cli.js',
      'dist/build.tsbuildinfo',
    ]
    const times = () => Promise.all(made.map(async (path) => (await stat(join(projectRoot, path))).mtimeMs))
    const before = await times()
    await npm(projectRoot, 'run', 'prepare')
    expect(await times()).toEqual(before)
  }, 60_000)

  it('has nothing that publint complains of', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: bytesOf(tarball) }, level: 'suggestion' })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('shows TypeScript the same modules as Node, at every import', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(tarball))
    if (!analysis.types) throw new Error('The package has no types')
    expect(Object.keys(analysis.entrypoints).sort()).toEqual(Object.keys(packageJson.exports).sort())
    // It is for ECMAScript modules: the resolution of Node 10, which knows no `exports`, and `require` are not meant.
    const meant = analysis.problems.filter(
      (problem) =>
        !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    )
    expect(meant).toEqual([])
  })

  it('is documented import by import', () => {
    const text = [...examples.values()].join('\n')
    const imports = Object.keys(packageJson.exports).filter((path) => path !== './package.json')
    for (const path of imports) expect(text).toContain(`from 'pimflow${path.slice(1)}'`)
  })
})

describe('where it is installed', () => {
  it('every package that came with it runs on this Node', () => {
    expect(installing).not.toContain('EBADENGINE')
  })

  // Most of what the compiler reads are Temporal's declarations: one processor, for longer than a test has where others are at work.
  it('the modules of the documentation compile, and no type of ours is missing', async () => {
    for (const [name, text] of examples) {
      await writeFile(join(project, name), text)
      await writeFile(
        join(project, name.replace(/ts$/, 'js')),
        ts.transpileModule(text, { compilerOptions: { ...compilerOptions, module: ts.ModuleKind.ESNext } })
          .outputText,
      )
    }
    const modules = [...examples.keys()].map((name) => join(project, name))
    expect(problemsOf(modules)).toEqual([])
  }, 60_000)

  it.each([
    ['rehearse.js', /^10 products, \d+ calls$/],
    ['sheet.js', /^Northlamp .*Desk Light 7$/],
    ['read-mapping.js', /^ecommerce$/],
  ])('%s of the documentation runs', async (name, printed) => {
    const { stdout } = await run(process.execPath, [name], { cwd: project })
    expect(stdout.trim()).toMatch(printed)
  })

  it('the command says its version', async () => {
    expect((await pimflow('--version')).stdout.trim()).toBe(packageJson.version)
  })

  it('the command starts a simulator that answers', async () => {
    const catalog = 'node_modules/pimflow/examples/catalog'
    const words = ['simulate', 'akeneo', '--port', '0', '--catalog', catalog]
    const simulator = spawn(join(project, 'node_modules/.bin/pimflow'), words, { cwd: project })
    const ended = once(simulator, 'exit')
    try {
      let printed = ''
      simulator.stdout.on('data', (data: Buffer) => (printed += data.toString()))
      const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]
      await until(() => Promise.resolve(address() !== undefined), 'the simulator says where it is', 20_000)
      expect((await fetch(`${address() ?? ''}/api/rest/v1`)).status).toBe(200)
    } finally {
      simulator.kill()
      await ended
    }
  })
})

/** A view of nothing but the file: a Buffer's memory may be shared. */
const bytesOf = (buffer: Buffer): ArrayBuffer => Uint8Array.from(buffer).buffer

const compilerOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  types: ['node'],
}

/** Compiles them as their project would. Our declarations are looked at as well; those of other packages are their makers' business. */
function problemsOf(modules: string[]): string[] {
  const typeRoots = [join(project, 'node_modules/@types')]
  const program = ts.createProgram(modules, { ...compilerOptions, typeRoots })
  const files = program
    .getSourceFiles()
    .filter(({ fileName }) => /\/project\/([^/]+|node_modules\/pimflow\/.*)$/.test(fileName))
  const found = [
    ...program.getOptionsDiagnostics(),
    ...files.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ]
  return found.map(
    ({ file, messageText }) =>
      `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  )
}
