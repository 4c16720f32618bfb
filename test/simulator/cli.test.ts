import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { akeneoCommand } from '../../simulator/akeneo/cli.ts'
import { icecatCommand } from '../../simulator/icecat/cli.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pimflow-cli-'))
})
afterEach(() => void vi.restoreAllMocks())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(...words: string[]): Promise<string> {
  let output = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text)
    return true
  })
  await akeneoCommand().exitOverride().parseAsync(words, { from: 'user' })
  return output
}

describe('the command of the simulator', () => {
  it('writes a generated catalogue as CSV files and ends', async () => {
    const said = await run('--shape', 'small:100', '--export', join(folder, 'catalog'))
    expect(said).toContain('products.csv: 100 rows')
    const loaded = await run('--catalog', join(folder, 'catalog'), '--export', join(folder, 'again'))
    expect(loaded).toContain('products.csv: 100 rows')
    const products = (name: string) =>
      readFileSync(join(folder, name, 'products.csv'), 'utf8')
        .split('\n')
        .sort()
    expect(products('again')).toEqual(products('catalog'))
  })

  it.each([
    ['--timezone', 'Europe/Pariss', 'Expected is the name of a zone'],
    ['--edition', 'serenity', 'Allowed choices are CE, EE, GE, Serenity'],
  ])('refuses what %s cannot be: %s', async (flag, value, why) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await expect(run(flag, value, '--export', join(folder, 'none'))).rejects.toThrow(why)
  })

  it.each([
    ['connections', akeneoCommand],
    ['accounts', icecatCommand],
    ['faults', akeneoCommand],
    ['faults', icecatCommand],
  ])('refuses a file of %s that is none', async (flag, command) => {
    const file = join(folder, `${flag}.json`)
    const given = () =>
      command()
        .exitOverride()
        .parseAsync([`--${flag}`, file], { from: 'user' })
    await expect(given()).rejects.toThrow(`${flag}.json: ENOENT`)
    writeFileSync(file, '{}')
    await expect(given()).rejects.toThrow(`${flag}.json: a JSON list is expected`)
    writeFileSync(file, '[')
    await expect(given()).rejects.toThrow(`${flag}.json: Unexpected end`)
    rmSync(file)
  })

  it.each([akeneoCommand, icecatCommand])(
    'names the fault rule that it cannot follow (%o)',
    async (command) => {
      const file = join(folder, 'rules.json')
      writeFileSync(file, JSON.stringify([{ status: 429 }, { status: 503, evry: 2 }]))
      const given = command().exitOverride().parseAsync(['--faults', file], { from: 'user' })
      await expect(given).rejects.toThrow('rules.json, entry 2: fault rule: Unrecognized key: "evry"')
    },
  )

  const login = { clientId: 'a', clientSecret: 's', username: 'a', password: 'p' }
  it.each([
    [
      'connections',
      akeneoCommand,
      { code: 'a', ...login, right: {} },
      'connection: Unrecognized key: "right"',
    ],
    [
      'connections',
      akeneoCommand,
      { code: 'a', ...login, rights: { categories: { lamps: 'veiw' } } },
      'connection: rights.categories.lamps: Invalid option',
    ],
    ['apps', akeneoCommand, { ...login }, 'app: callbackUrl: Invalid input'],
    [
      'accounts',
      icecatCommand,
      { name: 'a', password: 'p', subscription: 'gold' },
      'account: subscription: Invalid option',
    ],
  ])('names what it cannot take of an entry of %s', async (flag, command, entry, reason) => {
    const file = join(folder, 'entries.json')
    writeFileSync(file, JSON.stringify([entry]))
    const given = command()
      .exitOverride()
      .parseAsync([`--${flag}`, file], { from: 'user' })
    await expect(given).rejects.toThrow(`entries.json, entry 1: ${reason}`)
  })
})
