import { open } from 'node:fs/promises'

const startBytes = 64 * 1024

/** What a server wrote since it was started, its first 64 KiB; empty when it wrote nothing. */
export async function startOfLog(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) return ''
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(startBytes), 0, startBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The first lines that tell of trouble, at most `count`, as one line; empty when none does. */
export function complaintsIn(log: string, pattern: RegExp, count = 2): string {
  const lines = log.split('\n').filter((line) => pattern.test(line))
  return lines.slice(0, count).join(' ').trim()
}
