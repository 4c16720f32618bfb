import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { editFile, markOf, StaleFileError } from '../../client/support/edit-file.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-edit-'))
  file = join(folder, 'shop.yaml')
  await writeFile(file, 'version: 1\n')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const raised = (text: string) => text.replace(/\d+/, (version) => String(Number(version) + 1))

describe('a file of the user’s is edited', () => {
  it('as a whole, with its mode, and nothing is left beside it', async () => {
    await chmod(file, 0o640)
    await editFile(file, markOf('version: 1\n'), raised)
    expect(await readFile(file, 'utf8')).toBe('version: 2\n')
    expect((await stat(file)).mode & 0o777).toBe(0o640)
    expect(await readdir(folder)).toEqual(['shop.yaml'])
  })

  it('where a link leads, and the link stays one', async () => {
    await mkdir(join(folder, 'elsewhere'))
    const link = join(folder, 'elsewhere', 'link.yaml')
    await symlink(file, link)
    await editFile(link, markOf('version: 1\n'), raised)
    expect(await readFile(file, 'utf8')).toBe('version: 2\n')
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
  })

  it('not at all, where it says something else than what was seen', async () => {
    await expect(editFile(file, markOf('version: 0\n'), raised)).rejects.toThrow(StaleFileError)
    expect(await readFile(file, 'utf8')).toBe('version: 1\n')
  })

  it('by one of two who saw the same; the other is told', async () => {
    const mark = markOf('version: 1\n')
    const both = await Promise.allSettled([editFile(file, mark, raised), editFile(file, mark, raised)])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(await readFile(file, 'utf8')).toBe('version: 2\n')
  })

  it('not at all, where the edit fails', async () => {
    const fail = () => {
      throw new Error('cannot be said')
    }
    await expect(editFile(file, markOf('version: 1\n'), fail)).rejects.toThrow('cannot be said')
    expect(await readFile(file, 'utf8')).toBe('version: 1\n')
    expect(await readdir(folder)).toEqual(['shop.yaml'])
  })

  it.skipIf(process.getuid?.() === 0)(
    'not at all, where the folder may not be written, and says so',
    async () => {
      await chmod(folder, 0o500)
      await expect(editFile(file, markOf('version: 1\n'), raised)).rejects.toThrow(
        'cannot be written from here (EACCES)',
      )
      await chmod(folder, 0o700)
    },
  )
})
