/** One worker: as many loads as it was told call Akeneo in lanes, until it is killed. */
import { openDatabase } from '../../../../connectors/hub/database.ts'
import { TransientError } from '../../../../connectors/errors.ts'
import { clientOf, connectionTo } from '../helpers.ts'

export interface CallerOptions {
  databaseUrl: string
  akeneoUrl: string
  credentials: { clientId: string; clientSecret: string; username: string; password: string }
  loads: number
  prepare: boolean
  settings: Record<string, unknown>
  /** The key of PIMFLOW_TOKEN_KEY: workers share tokens. */
  tokenKey: string
}

const options = JSON.parse(process.argv[2] ?? '{}') as CallerOptions
const sql = openDatabase(options.databaseUrl, { max: 8, prepare: options.prepare })
const connection = connectionTo(options.akeneoUrl, { credentials: options.credentials, ...options.settings })
const client = clientOf(sql, connection, options.tokenKey)
const never = new AbortController().signal

async function load(): Promise<never> {
  for (;;) {
    try {
      await client.inLane('bulk', never, async (calls) => {
        for (let page = 0; page < 8; page++) await calls.readPage('channels', { cursor: null })
      })
    } catch (error) {
      if (!(error instanceof TransientError)) throw error
    }
  }
}

await Promise.all(Array.from({ length: options.loads }, load))
