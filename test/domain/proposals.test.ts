import type { Command } from 'commander'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addressed, commandsIn, connectionVerbs, proposed } from '../../domain/proposals.ts'
import { program } from '../client/silent-program.ts'

const about = { connection: 'acme' }

describe('a proposed command', () => {
  it.each([
    ['pimflow sync products --full', 'pimflow sync products --full --connection acme'],
    ['pimflow rejections', 'pimflow rejections --connection acme'],
    ['pimflow worker', 'pimflow worker'],
    ['pimflow schedules pause --all', 'pimflow schedules pause --all'],
    ['pimflow status --connection other', 'pimflow status --connection other'],
  ])('%s', (command, whole) => {
    expect(proposed(command, about)).toBe(whole)
    expect(proposed(whole, about)).toBe(whole)
  })

  it('names the output where the verb asks for one, save with --icecat', () => {
    const both = { connection: 'acme', output: 'shop' }
    expect(proposed('pimflow mapping diff', both)).toBe(
      'pimflow mapping diff --connection acme --output shop',
    )
    expect(proposed('pimflow mapping diff --icecat', both)).toBe(
      'pimflow mapping diff --icecat --connection acme',
    )
    expect(proposed('pimflow mapping apply --output other', { output: 'shop' })).toBe(
      'pimflow mapping apply --output other',
    )
    expect(proposed('pimflow sync products', both)).toBe('pimflow sync products --connection acme')
  })

  it('stays as it is where nothing is named', () => {
    expect(proposed('pimflow sync products', {})).toBe('pimflow sync products')
    expect(addressed('Then: pimflow rejections retry', {})).toBe('Then: pimflow rejections retry')
  })
})

describe('commands among other words', () => {
  it.each([
    [
      'Nothing is loaded: pimflow sync categories, then pimflow sync products --full',
      'Nothing is loaded: pimflow sync --connection acme categories, then pimflow sync --connection acme products --full',
    ],
    [
      'Is it there? Then: pimflow sync, with its SKU',
      'Is it there? Then: pimflow sync --connection acme, with its SKU',
    ],
    ['`pimflow deliver --refused` says why', '`pimflow deliver --connection acme --refused` says why'],
    [
      'pimflow approvals approve 7, or pimflow approvals reject 7 --connection acme',
      'pimflow approvals approve --connection acme 7, or pimflow approvals reject 7 --connection acme',
    ],
    ['npx pimflow rejections\npimflow up', 'npx pimflow rejections --connection acme\npimflow up'],
    ['what pimflow knows, and pimflow-report.html', 'what pimflow knows, and pimflow-report.html'],
  ])('%s', (text, whole) => {
    expect(addressed(text, about)).toBe(whole)
    expect(addressed(whole, about)).toBe(whole)
  })
})

describe('the list of verbs', () => {
  const below = (command: Command) => command.commands.filter((one) => one.name() !== 'help')
  const takesConnection = (command: Command): boolean =>
    command.options.some(({ long }) => long === '--connection') || below(command).some(takesConnection)

  it('is that of the program', () => {
    // `init` names a connection that is not there yet.
    const found = below(program).filter((one) => takesConnection(one) && one.name() !== 'init')
    const listed = Object.entries(connectionVerbs).map(([verb, words]) => [verb, [...words].sort()])
    expect(listed.sort()).toEqual(
      found
        .map((one) => [
          one.name(),
          below(one)
            .map((verb) => verb.name())
            .sort(),
        ])
        .sort(),
    )
  })

  it('knows every command in the sentences of the product', async () => {
    const known = new Set(below(program).map((one) => one.name()))
    const unknown: string[] = []
    let seen = 0
    for (const folder of ['activities', 'client', 'config', 'connectors', 'domain', 'workflows']) {
      for (const file of await readdir(folder, { recursive: true })) {
        if (!file.endsWith('.ts')) continue
        const lines = (await readFile(join(folder, file), 'utf8')).split('\n')
        // Behind a colon or in back quotes stands what a person is to type.
        for (const line of lines.filter((one) => !/^\s*(\*|\/\/|\/\*\*)/.test(one)))
          for (const [, verb = ''] of line.matchAll(/(?:: |`)pimflow ([a-z]+)/g)) {
            seen += 1
            if (!known.has(verb)) unknown.push(`${file}: ${verb}`)
          }
      }
    }
    expect(unknown).toEqual([])
    expect(seen).toBeGreaterThan(100)
  })

  it('says where a command ends its verbs', () => {
    expect(commandsIn('see pimflow mapping diff --icecat').map(({ verb, rest }) => [verb, rest])).toEqual([
      ['mapping', ' --icecat'],
    ])
  })
})
