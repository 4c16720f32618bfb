import { createHash, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { RefusedError } from '../connectors/errors.ts'
import type { Sql, Transaction } from '../connectors/hub/database.ts'
import { feedsOf } from '../connectors/hub/deliveries.ts'
import { feedBounds } from '../connectors/hub/prune-feed.ts'
import { changesAfter, recordsOf } from '../connectors/hub/records.ts'
import type { Secret } from '../domain/secret.ts'

export interface FeedServerOptions {
  sql: Sql
  connection: string
  host: string
  /** 0: any that is free. */
  port: number
  /** What readers must show; needed unless `host` is this machine. */
  token?: Secret | undefined
}

export interface FeedServer {
  url: string
  close(): Promise<void>
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** Each holds a database connection and a transaction for as long as its reader takes. */
const snapshotsAtOnce = 2

/** A reader that takes nothing for so long is cut off: an open transaction keeps old rows from being cleaned up; unit ms. */
const readerPatienceMs = 60_000

const defaultLimit = 100
const highestLimit = 500

/** The hub's feed for readers: `GET /changes` and `GET /snapshot`; docs/delivery.md has both. */
export async function startFeedServer(options: FeedServerOptions): Promise<FeedServer> {
  const { sql, connection, host, port, token } = options
  if (token === undefined && !loopback.test(host)) {
    throw new RefusedError({
      code: 'feed-token',
      asked: `the feed of ${connection} at ${host}`,
      came: 'no token is configured',
      remedy: `Set feed.token of ${connection} before others than this machine may read, or leave out --host.`,
    })
  }
  const server = fastify({ forceCloseConnections: true, connectionTimeout: readerPatienceMs })
  server.addHook('onRequest', (request, reply, done) => {
    const problem = refusalOf(request, token)
    if (problem === null) done()
    else void reply.code(problem.status).send({ error: problem.text })
  })
  addChanges(server, sql, connection)
  addSnapshot(server, sql, connection)
  await server.listen({ host, port })
  const { port: bound } = server.server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, close: () => server.close() }
}

function refusalOf(
  { headers }: FastifyRequest,
  token: Secret | undefined,
): { status: number; text: string } | null {
  if (token !== undefined) {
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
    return timingSafeEqual(digest(given), digest(token.reveal()))
      ? null
      : { status: 401, text: 'Show the token: Authorization: Bearer …' }
  }
  // A page in a browser on this machine can be made to ask us by a name of its own; it cannot hide that name.
  const name = (headers.host ?? '').replace(/:\d+$/, '')
  return loopback.test(name)
    ? null
    : { status: 403, text: 'Without a token only this machine may ask, by its own name' }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

interface OutputQuery {
  output?: string
}

/** The output that is meant; answers itself, and null, when none can be. */
async function outputOf(
  db: Sql | Transaction,
  connection: string,
  { output }: OutputQuery,
  reply: FastifyReply,
): Promise<string | null> {
  const known = await feedsOf(db, connection)
  const [only, ...others] = output === undefined ? known : known.filter((name) => name === output)
  if (only !== undefined && others.length === 0) return only
  const error =
    known.length === 0
      ? `Nothing of ${connection} is in the hub yet`
      : `Name an output with ?output=; these exist: ${known.join(', ')}`
  void reply.code(known.length === 0 ? 503 : 400).send({ error })
  return null
}

/** A whole number that is not negative; undefined when it is none. */
const wholeNumber = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)

function addChanges(server: FastifyInstance, sql: Sql, connection: string): void {
  server.get<{ Querystring: OutputQuery & { after?: string; limit?: string } }>(
    '/changes',
    async (request, reply) => {
      const { after: afterText = '0', limit: limitText = String(defaultLimit) } = request.query
      const after = wholeNumber(afterText)
      const limit = wholeNumber(limitText)
      if (after === undefined || limit === undefined || limit < 1) {
        return reply.code(400).send({ error: '`after` is a number of the feed, `limit` 1 to 500' })
      }
      return sql.begin('isolation level repeatable read read only', async (tx) => {
        const output = await outputOf(tx, connection, request.query, reply)
        if (output === null) return reply
        const bounds = await feedBounds(tx, connection, output)
        const gone = bounds === null ? null : goneText(BigInt(after), bounds)
        if (gone !== null)
          return reply.code(410).send({ error: gone, snapshot: `/snapshot?output=${output}` })
        const entries = await changesAfter(
          tx,
          connection,
          output,
          BigInt(after),
          Math.min(limit, highestLimit),
        )
        const next = entries.at(-1)?.seq ?? after
        return reply.send({ output, entries, next, more: BigInt(next) < (bounds?.last ?? 0n) })
      })
    },
  )
}

/** Why a reader cannot go on from where it is; null when it can. */
function goneText(after: bigint, { pruned, last }: { pruned: bigint; last: bigint }): string | null {
  if (after < pruned) return `The feed is kept from ${pruned + 1n} on: take a snapshot and go on from its seq`
  // A hub that was restored from a backup: what the reader has seen never happened here.
  if (after > last) return `The feed ends at ${last}: take a snapshot and go on from its seq`
  return null
}

function addSnapshot(server: FastifyInstance, sql: Sql, connection: string): void {
  let underWay = 0
  server.get<{ Querystring: OutputQuery }>('/snapshot', async (request, reply) => {
    const output = await outputOf(sql, connection, request.query, reply)
    if (output === null) return reply
    if (underWay >= snapshotsAtOnce) {
      return reply.code(503).header('retry-after', '30').send({ error: 'Other snapshots are being taken' })
    }
    underWay++
    const lines = new PassThrough()
    lines.once('close', () => underWay--)
    void sql
      .begin('isolation level repeatable read read only', (tx) =>
        pipeline(Readable.from(snapshotLines(tx, connection, output)), lines),
      )
      // The reader sees a body without its last line, and that is how it knows.
      .catch((error: unknown) => lines.destroy(error instanceof Error ? error : new Error(String(error))))
    return reply.type('application/x-ndjson').send(lines)
  })
}

/** First the seq to go on from, then a line for each record, then how many there were: what lacks that line was cut. */
async function* snapshotLines(tx: Transaction, connection: string, output: string): AsyncGenerator<string> {
  const bounds = await feedBounds(tx, connection, output)
  yield line({ output, seq: Number(bounds?.last ?? 0n) })
  let records = 0
  for await (const record of recordsOf(tx, connection, output)) {
    yield line({ record })
    records++
  }
  yield line({ end: true, records })
}

const line = (value: object) => `${JSON.stringify(value)}\n`
