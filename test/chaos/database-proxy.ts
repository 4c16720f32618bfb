import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Where a transaction is cut: its end was never heard of, or it is through and its client does not hear of it. */
export type Cut = 'before the commit' | 'after the commit'

interface Armed {
  /** What the transaction's next statement must be. */
  at: RegExp
  /** Part of a statement that it must have run before. */
  after: string
  strike: (connection: Connection) => void
}

/** One connection of a worker. */
interface Connection {
  /** Which of the proxy's ports it came through: which worker's it is. */
  port: number
  client: Socket
  server: Socket
  /** Sends what the client has sent. */
  forward: () => void
}

/** A worker's statement that waits here until it may go on. */
export interface Held {
  port: number
  release: () => void
}

/**
 * Stands between workers and PostgreSQL, a port for each worker, and cuts or holds up a connection at a certain statement: the worst moment
 * to lose it, and one that no signal hits on purpose. Knows of the protocol where statements stand:
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class DatabaseProxy {
  readonly #postgresPort: number
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  #armed: Armed | null = null

  constructor(postgresPort: number) {
    this.#postgresPort = postgresPort
  }

  /** Opens one more port. */
  async open(): Promise<number> {
    const server = createServer((client) => this.#serve(client, server))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#servers.push(server)
    return portOf(server)
  }

  /** Cuts the next transaction that has run such a statement, at its commit; resolves when one was cut. */
  cutNext(cut: Cut, after: string): Promise<void> {
    return new Promise((resolve) => {
      const strike = ({ client, server, forward }: Connection) => {
        const end = () => {
          client.destroy()
          server.destroy()
          resolve()
        }
        if (cut === 'before the commit') {
          end()
          return
        }
        server.removeAllListeners('data')
        server.once('data', end)
        forward()
      }
      this.#armed = { at: /^\s*commit/i, after, strike }
    })
  }

  /** Holds the next such statement of a transaction up, on its way to the database. */
  holdNext(at: RegExp, after = ''): Promise<Held> {
    return new Promise((resolve) => {
      const strike = ({ port, client, forward }: Connection) => {
        client.pause()
        const release = () => {
          client.resume()
          forward()
        }
        resolve({ port, release })
      }
      this.#armed = { at, after, strike }
    })
  }

  /** True while a cut or a hold waits for its statement. */
  get isArmed(): boolean {
    return this.#armed !== null
  }

  disarm(): void {
    this.#armed = null
  }

  /** All connections at once, as a network does. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cutAll()
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    )
  }

  #serve(client: Socket, own: Server): void {
    const server = connect(this.#postgresPort, '127.0.0.1')
    const statements = new Statements()
    const end = () => {
      client.destroy()
      server.destroy()
      this.#sockets.delete(client)
    }
    this.#sockets.add(client)
    for (const socket of [client, server]) {
      socket.on('error', end)
      socket.on('close', end)
      socket.setNoDelay(true)
    }
    client.on('data', (bytes) => {
      const armed = this.#armed
      const forward = () => server.write(bytes)
      if (!statements.take(bytes, armed) || armed === null) return forward()
      this.#armed = null
      armed.strike({ port: portOf(own), client, server, forward })
    })
    server.on('data', (bytes) => client.write(bytes))
  }
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

/** The statements that one client sends, by the messages Parse (P), Bind (B) and Query (Q). */
class Statements {
  #rest = Buffer.alloc(0)
  #started = false
  readonly #named = new Map<string, string>()
  #inTransaction: string[] = []

  /** True when these bytes hold the statement that is waited for. */
  take(bytes: Buffer, wanted: Pick<Armed, 'at' | 'after'> | null): boolean {
    this.#rest = Buffer.concat([this.#rest, bytes])
    let found = false
    for (let message = this.#next(); message !== null; message = this.#next()) {
      const statement = this.#statementOf(message)
      if (statement === null) continue
      if (/^\s*begin/i.test(statement)) {
        this.#inTransaction = []
        continue
      }
      found ||= wanted !== null && wanted.at.test(statement) && this.#hasRun(wanted.after)
      this.#inTransaction.push(statement)
    }
    return found
  }

  readonly #hasRun = (part: string) =>
    part === '' || this.#inTransaction.some((statement) => statement.includes(part))

  #next(): { type: string; body: Buffer } | null {
    // The first message of a connection has no type.
    const head = this.#started ? 1 : 0
    if (this.#rest.length < head + 4) return null
    const end = head + this.#rest.readUInt32BE(head)
    if (this.#rest.length < end) return null
    const message = {
      type: this.#started ? String.fromCharCode(this.#rest[0] ?? 0) : '',
      body: this.#rest.subarray(head + 4, end),
    }
    this.#rest = this.#rest.subarray(end)
    this.#started = true
    return message
  }

  #statementOf({ type, body }: { type: string; body: Buffer }): string | null {
    const [first = '', second = ''] = body.subarray(0, 20_000).toString('latin1').split('\0', 2)
    if (type === 'Q') return first
    if (type === 'P') this.#named.set(first, second)
    return type === 'B' ? (this.#named.get(second) ?? null) : null
  }
}
