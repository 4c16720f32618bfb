import { execFileSync } from 'node:child_process'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../client/support/exit-codes.ts'
import { startCommand } from './harness.ts'
import { program } from './silent-program.ts'

interface Verb {
  words: string[]
  command: Command
}

const verbsBelow = (command: Command, words: string[]): Verb[] =>
  command.commands.flatMap((one) => {
    const own = [...words, one.name()]
    return [{ words: own, command: one }, ...verbsBelow(one, own)]
  })
const verbs = verbsBelow(program, [])
/** The simulators' own programs, mounted: they run until they are stopped, and belong to no connection. */
const isSimulator = (words: string[]) => words[0] === 'simulate'
const leaves = verbs.filter(({ command, words }) => command.commands.length === 0 && !isSimulator(words))
/** The tour writes its figures into a file. */
const answering = leaves.filter(({ words }) => words[0] !== 'demo')

describe('each verb', () => {
  it('is looked at', () => expect(leaves.length).toBeGreaterThan(35))

  it.each(verbs.map(({ words }) => words.join(' ')))(
    '`%s --help` says what it does, with examples that name it',
    async (name) => {
      const { code, out, err } = await startCommand([...name.split(' '), '--help'], {}).ended
      expect(code).toBe(0)
      expect(err).toBe('')
      expect(out).toContain(`Usage: pimflow ${name}`)
      expect(out).toMatch(/\nExamples?:\n/)
      const examples = out.split(/\nExamples?:\n/)[1] ?? ''
      const own = name.replace(/ list$/, '')
      // A line that goes on below is one.
      const lines = examples
        .trim()
        .replaceAll(/\\\n\s*/g, '')
        .split('\n')
      expect(lines.length).toBeGreaterThan(0)
      expect(
        lines.some((line) => line.includes(own)),
        examples,
      ).toBe(true)
      for (const line of lines) expect(line).toMatch(/pimflow|simulate/)
    },
  )

  it.each(leaves.map((verb) => [verb.words.join(' '), verb.command] as const))(
    '%s takes --json and --debug',
    (_name, command) => {
      const options = command.options.map(({ long }) => long)
      expect(options).toContain('--json')
      expect(options).toContain('--debug')
    },
  )

  it.each(answering.map((verb) => [verb.words.join(' '), verb.command] as const))(
    '%s refuses what it does not know, as wrong usage, also as JSON',
    async (name) => {
      const { code, out, err } = await startCommand([...name.split(' '), '--nonsense', '--json'], {}).ended
      expect(code).toBe(exitCodes.usage)
      expect(err).toContain('--nonsense')
      expect(JSON.parse(out)).toMatchObject({ error: { exitCode: exitCodes.usage } })
    },
  )
})

describe('completion', () => {
  const scriptFor = async (shell: string) => (await startCommand(['completion', shell], {}).ended).out

  /** What bash offers after these words. */
  async function offered(...words: string[]): Promise<string[]> {
    const line = ['pimflow', ...words]
    const quoted = line.map((word) => `'${word}'`).join(' ')
    const script = `${await scriptFor('bash')}
COMP_WORDS=(${quoted}); COMP_CWORD=${line.length - 1}; _pimflow; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
  }

  it('offers all verbs', async () => {
    const words = await offered('')
    for (const { command } of verbs.filter(({ words: chain }) => chain.length === 1))
      expect(words).toContain(command.name())
  })

  it.each([
    [['sy'], ['sync']],
    [['sync', '--fu'], ['--full']],
    [['rejections', 'ret'], ['retry']],
    [['rejections', 'retry', '--fil'], ['--filter']],
    [['rejections', '--fil'], ['--filter']],
    [['mapping', 'preview', 'NL-DL7-W', '--conf'], ['--config']],
  ])('in bash after %o offers %o', async (words, expected) =>
    expect(await offered(...words)).toEqual(expected),
  )

  it.each(['zsh', 'fish'])('in %s names each verb and each option', async (shell) => {
    const script = await scriptFor(shell)
    for (const { command } of verbs) {
      expect(script).toContain(command.name())
      for (const { long } of command.options) expect(script).toContain(long?.slice(2))
    }
  })

  it('knows no other shell', async () => {
    expect(await startCommand(['completion', 'cmd'], {}).ended).toMatchObject({ code: exitCodes.usage })
  })
})
