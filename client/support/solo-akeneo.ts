import { setTimeout as sleep } from 'node:timers/promises'
import { type AkeneoClient, createAkeneoClient } from '../../connectors/akeneo/client.ts'
import type { AkeneoConnection } from '../../connectors/akeneo/settings.ts'
import type { Lanes } from '../../connectors/hub/lanes.ts'
import type { AccessToken, TokenStore } from '../../connectors/hub/tokens.ts'

/**
 * Calls Akeneo before there is a database that could share lanes and tokens: one call after the other, for `init` alone.
 * Nothing else runs yet on a connection that is just being made.
 */
export const soloAkeneo = (connection: AkeneoConnection): AkeneoClient =>
  createAkeneoClient({ connection, lanes: soloLanes(), tokens: soloTokens() })

function soloLanes(): Lanes {
  let notBeforeMs = 0
  return {
    take: () =>
      Promise.resolve({
        async start(signal) {
          await sleep(Math.max(0, notBeforeMs - Date.now()), undefined, { signal })
          return 0n
        },
        abandon: () => undefined,
        release: () => Promise.resolve(),
      }),
    notBefore(_host, waitMs) {
      notBeforeMs = Math.max(notBeforeMs, Date.now() + waitMs)
      return Promise.resolve()
    },
  }
}

/** Longest that a grant may take; unit ms. */
const grantLimitMs = 10_000

function soloTokens(): TokenStore {
  let held: AccessToken | null = null
  return {
    async token(_connection, grant, refused) {
      if (held !== null && held.version !== refused) return held
      const { accessToken } = await grant(null, performance.now() + grantLimitMs)
      held = { accessToken, version: (held?.version ?? 0n) + 1n }
      return held
    },
  }
}
