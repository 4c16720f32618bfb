import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { Secret } from '../../domain/secret.ts'
import { type FailureStory, RefusedError, TransientError } from '../errors.ts'
import type { Queryable, Sql, Transaction } from './database.ts'

/** What Akeneo grants. */
export interface GrantedToken {
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
}

export interface AccessToken {
  accessToken: string
  /** Which grant it is from: given back when Akeneo refuses it. */
  version: bigint
}

/**
 * Asks for new tokens: by the refresh token while there is one, else, or when that is refused, by the password. Must answer or
 * fail before `until` (performance.now()), because others wait for the row meanwhile.
 */
export type Grant = (refreshToken: string | null, until: number) => Promise<GrantedToken>

export interface TokenStore {
  /**
   * An access token of the connection: the stored one while it holds, else one that `grant` gets. `refused` is the version that
   * Akeneo answered 401 to: if the stored one is newer, that one is taken. However many ask, in however many processes, one
   * grant is made. Where Akeneo has refused the last one, all who have asked before wait before they ask again: a person must act,
   * and until then it would be asked with every call.
   */
  token(connection: string, grant: Grant, refused?: bigint): Promise<AccessToken>
}

/** From lock to commit; a worker that hangs longer has lost its connection to the row. */
const grantLimitMs = 10_000

/** Left of it for writing the row. */
const writeMs = 1000

interface StoredTokens {
  accessToken: string
  refreshToken: string
}

interface TokenRow {
  version: bigint
  keyId: string | null
  nonce: Buffer | null
  sealed: Buffer | null
  /** By the database's clock; negative once the token is to be renewed. */
  usableSeconds: number
  /** Null: the last grant was made. */
  refusal: FailureStory | null
  /** After a refusal: when Akeneo may be asked again. */
  askAt: Date
  isPaused: boolean
}

/** `keys`: 32 bytes in base64 each; the first one locks, all unlock, so a key can be replaced without a new login. */
export function createTokenStore(sql: Sql, keys: readonly Secret[]): TokenStore {
  const vault = createVault(keys)
  const copies = new Map<string, { token: AccessToken; renewAt: number }>()
  const flights = new Map<string, Promise<AccessToken>>()
  /**
   * Connections that this process has asked for. One that is new here may have been started because somebody has mended the
   * credentials, or as `check` to see whether they are: it asks, and what it is granted is everybody's.
   */
  const asked = new Set<string>()

  return {
    async token(connection, grant, refused) {
      for (;;) {
        const copy = copies.get(connection)
        if (copy && copy.token.version !== refused && performance.now() < copy.renewAt) return copy.token
        const flight = flights.get(connection)
        if (!flight) break
        const token = await flight
        if (token.version !== refused) return token
      }
      const flight = renew(connection, grant, refused).finally(() => flights.delete(connection))
      flights.set(connection, flight)
      return flight
    },
  }

  async function renew(connection: string, grant: Grant, refused: bigint | undefined): Promise<AccessToken> {
    await sql`insert into akeneo_token (connection) values (${connection}) on conflict do nothing`
    const renewed = await sql.begin(async (tx) => {
      const row = await lockRow(tx, connection)
      // From here: how long it took to get the row is another's time.
      const until = performance.now() + grantLimitMs - writeMs
      const stored = vault.unlock(connection, row)
      if (stored && row.usableSeconds > 0 && row.version !== refused) {
        return keep(connection, { accessToken: stored.accessToken, version: row.version }, row.usableSeconds)
      }
      if (row.refusal !== null && row.isPaused && asked.has(connection))
        return notAskedAgain(row.refusal, row.askAt)
      asked.add(connection)
      const answer = await grant(stored?.refreshToken ?? null, until).catch((error: unknown) => {
        if (error instanceof RefusedError) return error
        throw error
      })
      if (answer instanceof RefusedError) {
        await keepRefusal(tx, connection, answer)
        return answer
      }
      const { expiresInSeconds, ...granted } = answer
      const version = row.version + 1n
      const usableSeconds = expiresInSeconds - Math.min(longestMarginSeconds, expiresInSeconds / 10)
      const { keyId, nonce, sealed } = vault.lock(connection, granted)
      await tx`
        update akeneo_token set version = ${version}, key_id = ${keyId}, nonce = ${nonce}, sealed = ${sealed},
          renew_at = clock_timestamp() + make_interval(secs => ${usableSeconds}),
          refusals = 0, refused_since = null, ask_at = '-infinity', refusal = null
        where connection = ${connection}`
      return keep(connection, { accessToken: granted.accessToken, version }, usableSeconds)
    })
    // Thrown inside, it would take back that it is known.
    if (renewed instanceof RefusedError) throw renewed
    return renewed
  }

  function keep(connection: string, token: AccessToken, usableSeconds: number): AccessToken {
    copies.set(connection, { token, renewAt: performance.now() + usableSeconds * 1000 })
    return token
  }
}

/** A token is renewed this long before it expires, so that no call is under way with one that just did. */
const longestMarginSeconds = 30

const limit = `${grantLimitMs + 2000}ms`

async function lockRow(tx: Transaction, connection: string): Promise<TokenRow> {
  // A worker that hangs between lock and commit must not keep all others from Akeneo.
  await tx`
    select set_config('lock_timeout', ${limit}, true),
      set_config('idle_in_transaction_session_timeout', ${limit}, true)`
  const [row] = await tx<TokenRow[]>`
    select version, key_id as "keyId", nonce, sealed,
      extract(epoch from greatest(renew_at, 'epoch'::timestamptz) - clock_timestamp())::float8 as "usableSeconds",
      refusal, greatest(ask_at, 'epoch'::timestamptz) as "askAt", ask_at > clock_timestamp() as "isPaused"
    from akeneo_token where connection = ${connection} for update`
  if (row) return row
  throw new TransientError({
    code: 'token-row',
    asked: `the access token of ${connection}`,
    came: 'its row is gone from the database',
    remedy: 'The row is made anew with the next attempt.',
  })
}

/**
 * Minutes until Akeneo is asked again: one, then twice as long each time, up to a quarter of an hour, so that a connection which was
 * mended at Akeneo is not kept waiting longer. The tokens that were refused are no good any more; without them one call is enough to ask.
 */
async function keepRefusal(
  tx: Transaction,
  connection: string,
  { code, asked, came, remedy }: RefusedError,
): Promise<void> {
  await tx`
    update akeneo_token set refusals = refusals + 1, refused_since = coalesce(refused_since, clock_timestamp()),
      ask_at = clock_timestamp() + make_interval(mins => least(15, 2 ^ least(refusals, 4))::int),
      refusal = ${JSON.stringify({ code, asked, came, remedy })}::text::jsonb, key_id = null, nonce = null, sealed = null
    where connection = ${connection}`
}

const notAskedAgain = ({ came, ...story }: FailureStory, askAt: Date) =>
  new RefusedError({
    ...story,
    came: `${came}; not asked again before ${askAt.toISOString()}, save by pimflow check`,
  })

/** Since when, and how often in a row, Akeneo has refused to log a connection in. */
export interface LoginRefusal {
  since: Date
  times: number
  /** What a person can do about it. */
  remedy: string
  askAt: Date
}

/** Null: it has not, or nobody has tried. */
export async function loginRefusalOf(db: Queryable, connection: string): Promise<LoginRefusal | null> {
  const [row] = await db<LoginRefusal[]>`
    select refused_since as since, refusals as times, refusal ->> 'remedy' as remedy, ask_at as "askAt"
    from akeneo_token where connection = ${connection} and refusals > 0`
  return row ?? null
}

interface Vault {
  lock(connection: string, tokens: StoredTokens): { keyId: string; nonce: Buffer; sealed: Buffer }
  /** Null when there is no token, its key is not known any more, or it is not what was locked: then there is none. */
  unlock(connection: string, row: Pick<TokenRow, 'keyId' | 'nonce' | 'sealed'>): StoredTokens | null
}

const cipherName = 'aes-256-gcm'
const tagBytes = 16

/** AES-256-GCM. Connection and kind are bound to what is locked, so that a row copied to another connection does not open. */
function createVault(keys: readonly Secret[]): Vault {
  const ring = keys.map((secret) => {
    const key = Buffer.from(secret.reveal(), 'base64')
    return { id: createHash('sha256').update(key).digest('hex').slice(0, 16), key }
  })
  const [current] = ring
  if (!current) throw new Error('There is no key to lock tokens with')
  const boundTo = (connection: string) => Buffer.from(`akeneo-token\n${connection}`)

  return {
    lock(connection, tokens) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv(cipherName, current.key, nonce).setAAD(boundTo(connection))
      const text = Buffer.concat([cipher.update(JSON.stringify(tokens), 'utf8'), cipher.final()])
      return { keyId: current.id, nonce, sealed: Buffer.concat([text, cipher.getAuthTag()]) }
    },
    unlock(connection, { keyId, nonce, sealed }) {
      const found = ring.find(({ id }) => id === keyId)
      if (!found || nonce === null || sealed === null || sealed.length <= tagBytes) return null
      try {
        const decipher = createDecipheriv(cipherName, found.key, nonce)
          .setAAD(boundTo(connection))
          .setAuthTag(sealed.subarray(-tagBytes))
        const text = Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
        return JSON.parse(text.toString('utf8')) as StoredTokens
      } catch {
        return null
      }
    },
  }
}

/** A new key for PIMFLOW_TOKEN_KEY, as the demo and tests make one. */
export const generateTokenKey = (): Secret => new Secret(randomBytes(32).toString('base64'))
