import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { Config } from '../../config.ts'
import { withDefaultsForDocs } from './config-of-docs.ts'
import { startCommand } from '../client/harness.ts'
import { packageJson, projectRoot, readText } from '../packaging/files.ts'

const docs = ['README.md', ...readdirSync(join(projectRoot, 'docs')).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith('.md'),
)

/** Lines of code blocks, fenced or by four blanks. */
const codeLines = (text: string): string[] => [
  ...[...text.matchAll(/```(?:sh)?\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n')),
  ...text.split('\n').filter((line) => /^ {4}\S/.test(line) || /^ {6}\S/.test(line)),
]

/** `NAME=value … pimflow verb …`, also by npx. */
const commandIn = (line: string): string | undefined =>
  /^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:npx )?pimflow (.+)$/.exec(line.trim().replace(/^\d.*?&& /, ''))?.[1]

const commands = docs.flatMap((path) =>
  codeLines(readText(path)).flatMap((line) => {
    const command = commandIn(line)
    return command === undefined ? [] : [{ path, command: command.replace(/\s+[#|>&].*$/, '') }]
  }),
)

const withVerbs = ['schedules', 'rejections', 'approvals', 'requests', 'simulate', 'mapping']

describe('commands in docs', () => {
  it('are many', () => expect(commands.length).toBeGreaterThan(60))

  it.each(commands)('$path: pimflow $command', async ({ command }) => {
    const [verb = '', ...rest] = command.split(' ')
    const [word = ''] = rest
    const words = withVerbs.includes(verb)
      ? [verb, word === '' || word.startsWith('-') ? 'list' : word]
      : [verb]
    const { code, out } = await startCommand([...words, '--help'], {}).ended
    expect(code).toBe(0)
    expect(out).toContain(`Usage: pimflow ${words.join(' ')}`)
    for (const flag of rest.filter((one) => one.startsWith('--'))) expect(out).toContain(flag.split('=')[0])
  })

  it.each(docs)('%s names scripts of npm that there are', (path) => {
    for (const [, script = ''] of readText(path).matchAll(/npm run (?:--silent )?([\w:-]+)/g))
      expect(Object.keys(packageJson.scripts)).toContain(script)
  })
})

describe('links in docs', () => {
  it.each(docs)('of %s lead somewhere', (path) => {
    const text = readText(path).replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = target.split('#')
      const place = file === '' ? path : relative(projectRoot, join(projectRoot, dirname(path), file))
      expect(existsSync(join(projectRoot, place)), target).toBe(true)
      if (anchor !== undefined && place.endsWith('.md')) expect(anchorsOf(place), target).toContain(anchor)
    }
  })
})

const anchorsOf = (path: string): string[] =>
  [...readText(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replaceAll(/[`*_]/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )

describe('configurations in docs', () => {
  const blocks = [...docs, 'examples/receiver/README.md', 'examples/adapter/README.md'].flatMap((path) =>
    [...readText(path).matchAll(/^( *)```yaml\n([\s\S]*?)```/gm)].map(([, indent = '', text = '']) => ({
      path,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    })),
  )
  it('are many', () => expect(blocks.length).toBeGreaterThan(6))

  it.each(blocks)('of $path are read', ({ text }) => {
    const { error } = Config.safeParse(withDefaultsForDocs(parse(text)))
    expect(error?.issues ?? []).toEqual([])
  })
})

interface Container {
  image: string
  command: string[]
  env: { name: string; value: string }[]
}

describe('examples of production', () => {
  const compose = parse(readText('examples/production/docker-compose.yml')) as {
    services: Record<string, { command: string[]; ports?: string[]; stop_grace_period?: string }>
  }
  const deployments = parseAllDocuments(readText('examples/kubernetes/worker.yaml')).map(
    (document) =>
      document.toJS() as {
        kind: string
        spec: { template: { spec: { containers: Container[]; terminationGracePeriodSeconds?: number } } }
      },
  )
  const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers)

  it.each([
    ...Object.entries(compose.services).map(([name, { command }]) => [`compose ${name}`, command] as const),
    ...containers.map(({ command }, index) => [`kubernetes ${index + 1}`, command] as const),
  ])('%s runs a verb with options that there are', async (_name, command) => {
    const [node, program, verb = '', ...rest] = command
    expect([node, program]).toEqual(['node', packageJson.bin.pimflow])
    const { code, out } = await startCommand([verb, '--help'], {}).ended
    expect(code).toBe(0)
    for (const flag of rest.filter((word) => word.startsWith('--'))) expect(out).toContain(flag)
  })

  it('publish on this machine only, and let workers end', () => {
    for (const { ports = [] } of Object.values(compose.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(compose.services['worker']?.stop_grace_period).toBe('90s')
    expect(deployments[0]?.spec.template.spec.terminationGracePeriodSeconds).toBe(90)
  })

  it('hold no secret', () => {
    const values = readText('examples/production/env.example')
      .split('\n')
      .filter((line) => /^(PIMFLOW_TOKEN_KEY|PIMFLOW_SERVE_TOKEN|AKENEO_\w+)=/.test(line))
    expect(values.length).toBe(6)
    for (const line of values) expect(line).toMatch(/=$/)
  })
})
