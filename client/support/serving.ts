import { once } from 'node:events'
import type { Terminal } from './terminal.ts'

/** Says where a server is found, and keeps it until Ctrl-C. */
export async function serveUntilStopped(
  server: { url: string; close(): Promise<void> },
  terminal: Terminal,
  { json }: { json?: boolean },
): Promise<void> {
  terminal.out(json === true ? JSON.stringify({ url: server.url }) : server.url)
  await terminal.interruptible(untilAborted)
  await server.close()
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
