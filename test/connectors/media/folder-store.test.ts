import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { RefusedError, TransientError } from '../../../connectors/errors.ts'
import { folderStore } from '../../../connectors/media/folder-store.ts'

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')
const anySize = { maxBytes: 1e9 }

describe('a folder of files', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-store-'))
    onTestFinished(() => rm(folder, { recursive: true }))
  })
  const hashes = async () =>
    (await readdir(folder, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name))
  const unfinished = () => readdir(join(folder, 'incoming'))

  it('keeps a file under the hash of its content, whole and once', async () => {
    const store = folderStore(folder)
    const hash = sha256('a picture')
    for (let time = 0; time < 2; time++) {
      expect(await store.put(Readable.from([Buffer.from('a '), Buffer.from('picture')]), anySize)).toEqual({
        sha256: hash,
        size: 9,
      })
    }
    expect(await hashes()).toEqual([join(hash.slice(0, 2), hash)])
    expect(await readFile(join(folder, hash.slice(0, 2), hash), 'utf8')).toBe('a picture')
    expect(await unfinished()).toEqual([])
  })

  it('keeps nothing of a body that breaks off or is too large', async () => {
    const store = folderStore(folder)
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half of')
        await Promise.resolve()
        throw new Error('the line broke')
      })(),
    )
    await expect(store.put(broken, anySize)).rejects.toThrow('the line broke')
    const large = Readable.from([Buffer.alloc(10), Buffer.alloc(1)])
    await expect(store.put(large, { maxBytes: 10 })).rejects.toBeInstanceOf(RefusedError)
    expect(await hashes()).toEqual([])
    expect(await unfinished()).toEqual([])
  })

  it('needs no more memory for a large file than for a small one', async () => {
    const store = folderStore(folder)
    const piece = Buffer.alloc(64 * 1024, 'x')
    const pieces = 3000
    let most = 0
    const before = process.memoryUsage().rss
    const body = Readable.from(
      (function* () {
        for (let at = 0; at < pieces; at++) {
          if (at % 50 === 0) most = Math.max(most, process.memoryUsage().rss - before)
          yield Buffer.from(piece)
        }
      })(),
    )
    expect(await store.put(body, anySize)).toMatchObject({ size: pieces * piece.length })
    expect(most).toBeLessThan((pieces * piece.length) / 2)
  })

  it('lists a part of itself and forgets what never came to its end', async () => {
    const store = folderStore(folder)
    const { sha256: hash } = await store.put(Readable.from([Buffer.from('kept')]), anySize)
    const [found] = await store.list(hash.slice(0, 2))
    expect(found?.sha256).toBe(hash)
    expect(Math.abs((found?.since.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(await store.list(hash.startsWith('00') ? '01' : '00')).toEqual([])
    await writeFile(join(folder, 'incoming', 'old'), 'half')
    await writeFile(join(folder, 'incoming', 'new'), 'half')
    await utimes(join(folder, 'incoming', 'old'), new Date(0), new Date(0))
    await store.removeUnfinished(new Date(1000))
    expect(await unfinished()).toEqual(['new'])
    await store.remove(hash)
    await store.remove(hash)
    expect(await hashes()).toEqual([])
  })

  it('says what to do when it may not be written, and is tried again', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    await chmod(file, 0o600)
    const failure = folderStore(file).put(Readable.from([Buffer.from('x')]), anySize)
    await expect(failure).rejects.toBeInstanceOf(TransientError)
    await expect(failure).rejects.toThrow(
      /Something else than a folder .*\nthe media folder .*: mkdir ENOTDIR/,
    )
  })
})
