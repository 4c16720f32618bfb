import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { helpOf } from './cli-help.ts'
import { dockerfile, instructions, packageJson, projectRoot, readText } from './files.ts'

const ignored = readText('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('Dockerfile', () => {
  it('runs the worker, by the program that package.json names and a verb that it has', async () => {
    const command = JSON.parse(instructions('CMD').at(-1) ?? '[]') as string[]
    expect(command).toEqual(['node', packageJson.bin.pimflow, 'worker'])
    expect(await helpOf('worker')).toContain('worker')
  })

  it('does not run it as root', () => {
    const lastStage = dockerfile.slice(dockerfile.findLastIndex(([instruction]) => instruction === 'FROM'))
    expect(lastStage.find(([instruction]) => instruction === 'USER')?.[1]).toBe('node')
  })

  it('builds on a Node that the product supports', () => {
    const images = instructions('FROM').map((from) => from.split(' ')[0])
    for (const image of images) expect(image).toMatch(/^node:(20|22|24)-slim$/)
    expect(new Set(images).size).toBe(1)
  })

  it('calls scripts that package.json has', () => {
    const scripts = [
      ...instructions('RUN')
        .join(' ')
        .matchAll(/npm run (\S+)/g),
    ].map(([, name]) => name)
    expect(scripts).toEqual(['build'])
    for (const script of scripts) expect(Object.keys(packageJson.scripts)).toContain(script)
  })

  it('copies what is there and what the build is allowed to see', () => {
    const paths = instructions('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(' ').slice(0, -1))
    for (const path of paths) {
      expect(existsSync(resolve(projectRoot, path)), path).toBe(true)
      expect(ignored).not.toContain(path)
    }
  })

  it('keeps out of the image what the build does not read', () => {
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.pimflow', 'node_modules', 'dist', 'test']))
  })
})
