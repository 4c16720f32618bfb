import type { Client } from '@temporalio/client'
import type { WorkerDeploymentVersion } from '@temporalio/common'
import type { TemporalPlace } from './temporal.ts'

/** Who is at the queue, of whom Temporal gives work to one version alone where workers have versions. */
export interface ServingWorkers {
  /** Whether somebody gets work; true when the server does not tell. */
  isServed: boolean
  /** A version whose workers are there and get none. */
  standingBy: WorkerDeploymentVersion | null
  /** The version that gets work; null: workers without one. */
  current: WorkerDeploymentVersion | null
}

export async function servingWorkers(
  client: Client,
  { namespace, taskQueue }: Pick<TemporalPlace, 'namespace' | 'taskQueue'>,
): Promise<ServingWorkers> {
  try {
    const { pollers, versioningInfo } = await client.connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
    })
    const current = versionIn(versioningInfo?.currentDeploymentVersion)
    const ramping = versionIn(versioningInfo?.rampingDeploymentVersion)
    const there = pollers.map(({ deploymentOptions }) => versionIn(deploymentOptions))
    const getsWork = (version: WorkerDeploymentVersion | null) =>
      isSame(version, current) || (ramping !== null && isSame(version, ramping))
    const idle = there.filter((version) => version !== null).filter((version) => !getsWork(version))
    return { isServed: there.some(getsWork), standingBy: idle.at(-1) ?? null, current }
  } catch {
    return { isServed: true, standingBy: null, current: null }
  }
}

export const hasWorkers = async (
  client: Client,
  place: Pick<TemporalPlace, 'namespace' | 'taskQueue'>,
): Promise<boolean> => (await servingWorkers(client, place)).isServed

/** A worker without a version has options, too, in which nothing stands. */
function versionIn(
  given: { deploymentName?: string | null; buildId?: string | null } | null | undefined,
): WorkerDeploymentVersion | null {
  const { deploymentName, buildId } = given ?? {}
  return deploymentName && buildId ? { deploymentName, buildId } : null
}

const isSame = (one: WorkerDeploymentVersion | null, other: WorkerDeploymentVersion | null): boolean =>
  one?.deploymentName === other?.deploymentName && one?.buildId === other?.buildId
