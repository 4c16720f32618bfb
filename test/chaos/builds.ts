import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'
import { build, type Plugin } from 'esbuild'

/** A module of the product, and what a program is built with instead of it; paths from the repository's root. */
export interface Replaced {
  of: string
  by: string
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What the product looks for beside its modules, and the packages. */
const shipped = ['node_modules', 'package.json', 'connectors/hub/migrations', 'examples']

/** What a worker starts as a thread of its own. */
const thread = 'connectors/icecat/index/match-worker.ts'

/** What all workers of this suite have shorter than the product. */
const shortHolds: Replaced = { of: 'activities/enrichment/holds.ts', by: 'test/chaos/short-holds.ts' }

/**
 * The suite's programs, each built into one file, and the workflows' bundle. From hundreds of sources a worker loads for seconds of processor
 * time, and each kill costs that again.
 */
export class Builds {
  /** Of the workflows. */
  readonly bundle: string
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.bundle = join(folder, 'workflow-bundle.cjs')
  }

  /** Makes the folder. */
  static async make(folder: string): Promise<Builds> {
    const builds = new Builds(folder)
    await layOut(folder)
    await Promise.all([
      ...['akeneo', 'icecat', 'receiver'].map((name) => buildProgram(folder, name, [])),
      buildProgram(folder, 'worker', [shortHolds]),
      makeBundle(builds.bundle),
    ])
    return builds
  }

  /** Where a program is. */
  of(name: string): string {
    return placeOf(this.#folder, sourceOf(name))
  }

  /** A worker that has one module more replaced. */
  async workerWith(mutant: Replaced): Promise<string> {
    const folder = await mkdtemp(join(this.#folder, 'mutant-'))
    await layOut(folder)
    await buildProgram(folder, 'worker', [shortHolds, mutant])
    return placeOf(folder, sourceOf('worker'))
  }
}

const sourceOf = (program: string) => `test/chaos/programs/${program}.ts`

/** What is built lies as the sources do. */
const placeOf = (folder: string, source: string) => join(folder, source.replace(/\.ts$/, '.js'))

async function layOut(folder: string): Promise<void> {
  for (const path of shipped) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await symlink(join(root, path), join(folder, path))
  }
}

async function buildProgram(folder: string, name: string, replaced: readonly Replaced[]): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [sourceOf(name), ...(name === 'worker' ? [thread] : [])],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outbase: root,
    outdir: folder,
    logLevel: 'error',
    plugins: [replacing(replaced), placing(folder)],
  })
}

/** Everybody gets what replaces a module, save what replaces it, which is made of the real one. */
const replacing = (replaced: readonly Replaced[]): Plugin => ({
  name: 'replacing',
  setup: (builder) => {
    builder.onResolve({ filter: /^\.+\/.*\.ts$/ }, ({ path, importer, resolveDir }) => {
      const wanted = relative(root, join(resolveDir, path))
      const by = replaced.find(({ of }) => of === wanted)?.by
      return by === undefined || by === relative(root, importer) ? undefined : { path: join(root, by) }
    })
  },
})

/** Within the one file each module still says where it would lie by itself. */
const placing = (folder: string): Plugin => ({
  name: 'placing',
  setup: (builder) => {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const url = JSON.stringify(pathToFileURL(placeOf(folder, relative(root, path))).href)
      return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' }
    })
  },
})

async function makeBundle(place: string): Promise<void> {
  const silent = () => undefined
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [join(root, 'test/chaos/short-timeouts.ts')],
    logger: { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent },
  })
  await writeFile(place, code)
}
