import { createServer } from 'node:net'

/** Every local service binds here and nowhere else. */
export const loopback = '127.0.0.1'

/** The preferred port when nothing listens on it, else one that the system calls free at this moment. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await listenOnce(preferred)) !== undefined) return preferred
  const port = await listenOnce(0)
  if (port === undefined) throw new Error(`no free port on ${loopback}`)
  return port
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, loopback, () => {
      const address = server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : undefined
      server.close(() => resolve(bound))
    })
  })
}
