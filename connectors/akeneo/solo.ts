import { setTimeout as sleep } from 'node:timers/promises'
import { type AkeneoClient, createAkeneoClient } from './client.ts'
import type { AkeneoConnection } from './settings.ts'
import type { Lanes } from '../hub/lanes.ts'
import type { AccessToken, TokenStore } from '../hub/tokens.ts'

/**
 * Calls Akeneo without a database that could share lanes and tokens: one call after the other. For `init`, which makes a connection that nothing else
 * runs on yet, and for programs of one process.
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
