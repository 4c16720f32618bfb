import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  bundleWorkflowCode,
  type WorkflowBundleOption,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker'

/** Sources when run from them, compiled ones in dist/. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const workflowsPath = fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url))
/** What the build makes. */
export const builtBundle = fileURLToPath(new URL('./workflow-bundle.generated.cjs', import.meta.url))

/** `interceptorModules`: what looks over the workflows' shoulders, such as a trace. */
export const bundleWorkflows = (interceptorModules: string[] = []): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({ workflowsPath, workflowInterceptorModules: interceptorModules, logger: quietly })

/** The bundle that the build made, else, and where something is to look over its shoulder, one made now, which takes some seconds. */
export async function workflowBundle(interceptorModules: string[] = []): Promise<WorkflowBundleOption> {
  return interceptorModules.length === 0 && existsSync(builtBundle)
    ? { codePath: builtBundle }
    : bundleWorkflows(interceptorModules)
}

/** A step of the build: a bundle that does not compile fails there, not when a worker starts. */
export async function writeBundle(): Promise<string> {
  const { code } = await bundleWorkflows()
  await writeFile(builtBundle, code)
  return builtBundle
}

/** webpack's own lines are of use only when something fails, and then they are in the error. */
const ignore = () => undefined
const quietly = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore }
