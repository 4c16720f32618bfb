import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { identify, isAlive } from './processes.ts'

const Holder = z.object({ pid: z.number().int(), startedAt: z.string(), token: z.string() })

/** A lock file without readable content is a holder that died between creating and writing it, once it is this old. */
const unreadableAfterMs = 5_000

/**
 * Runs `work` while this call alone, over all processes, holds the lock file. Others wait as long as the holder lives;
 * `onWait` is told the holder's pid once. A lock whose holder died is taken over.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holderPid: number) => void = () => undefined,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  const mine = JSON.stringify({ ...identify(process.pid), token: randomUUID() })
  let told = false
  while (!(await create(file, mine))) {
    const found = await readFile(file, 'utf8').catch(() => undefined)
    if (found === undefined) continue
    const holder = parse(found)
    if (holder === undefined ? await isOlderThan(file, unreadableAfterMs) : !isAlive(holder)) {
      await removeStale(file, found)
      continue
    }
    if (holder !== undefined && !told) {
      told = true
      onWait(holder.pid)
    }
    await sleep(100)
  }
  try {
    return await work()
  } finally {
    if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true })
  }
}

async function create(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(content)
    await handle.close()
    return true
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'EEXIST') return false
    throw problem
  }
}

/**
 * Two waiters may judge the same holder dead, and the slower one would remove the lock that the faster one has taken since.
 * So the file is moved away first, in one step, and put back when it is not the one that was judged.
 */
async function removeStale(file: string, judged: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  if ((await readFile(aside, 'utf8')) === judged) await rm(aside, { force: true })
  else await rename(aside, file)
}

function parse(text: string): z.infer<typeof Holder> | undefined {
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function isOlderThan(file: string, ageMs: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > ageMs
}
