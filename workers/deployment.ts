import type { WorkerDeploymentVersion } from '@temporalio/common'
import { version } from '../connectors/version.ts'

/**
 * Which version of which worker deployment this worker is, so that Temporal gives work to one build alone; null where no deployment is named.
 * The variables are those that Temporal's controller for Kubernetes sets, so they go before the configuration.
 */
export function deploymentVersion(
  configured: string | undefined,
  env: NodeJS.ProcessEnv,
): WorkerDeploymentVersion | null {
  const deploymentName = env['TEMPORAL_DEPLOYMENT_NAME'] || configured
  if (!deploymentName) return null
  return { deploymentName, buildId: env['TEMPORAL_WORKER_BUILD_ID'] || version() }
}
