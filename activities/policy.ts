import type { ConnectionConfig } from '../config.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'

/** What an activity may need beyond one HTTP call before it shows life again; unit ms. */
const heartbeatSlackMs = 10_000

/** How this connection's activities are tried; handed to the workflow, because workflows read no configuration. */
export function activityPolicy({ akeneo: { retry, timeoutMs } }: ConnectionConfig): ActivityPolicy {
  return { ...retry, heartbeatTimeoutMs: Math.round(timeoutMs * 1.5) + heartbeatSlackMs }
}
