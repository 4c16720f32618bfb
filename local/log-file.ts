import { readFile } from 'node:fs/promises'

/** The last lines that a server wrote before it ended, newest last; empty when it wrote nothing. */
export async function lastLines(file: string, count = 5): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
