import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { startCommand } from './harness.ts'

const text = await readFile(new URL('../../docs/command-line.md', import.meta.url), 'utf8')
const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .map((line) => line.replace(/ \|.*/, ''))

const groups = ['schedules', 'rejections', 'approvals', 'requests', 'simulate', 'mapping']

describe('docs/command-line.md', () => {
  it.each([...new Set(lines)])('`%s` is a verb with these options', async (line) => {
    const [program, verb = '', ...rest] = line.split(' ')
    expect(program).toBe('pimflow')
    const [word = ''] = rest
    const isSubcommand = groups.includes(verb) && word !== '' && !word.startsWith('-')
    const words = groups.includes(verb) ? [verb, isSubcommand ? word : 'list'] : [verb]
    const { code, out } = await startCommand([...words, '--help'], {}).ended
    expect(code).toBe(0)
    expect(out).toContain(`Usage: pimflow ${words.join(' ')}`)
    for (const flag of rest.filter((word) => word.startsWith('--'))) expect(out).toContain(`${flag} `)
  })

  it('names all verbs of the program', async () => {
    const { out } = await startCommand(['--help'], {}).ended
    const verbs = [...out.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(([, verb]) => verb)
    expect(verbs.length).toBeGreaterThan(10)
    for (const verb of verbs.filter((name) => name !== 'help'))
      expect(text).toContain(`pimflow ${verb ?? ''}`)
  })
})
