import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export const projectRoot = resolve(import.meta.dirname, '../..')

export const readText = (path: string): string => readFileSync(resolve(projectRoot, path), 'utf8')

const Service = z.object({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
})
export type ComposeService = z.infer<typeof Service>

const Compose = z.object({
  services: z.object({
    postgres: Service,
    temporal: Service,
    simulator: Service,
    worker: Service,
    prometheus: Service,
    grafana: Service,
  }),
  volumes: z.record(z.string(), z.unknown()),
})

export const compose = Compose.parse(parse(readText('docker-compose.yml')))

/** `${NAME:-default}` as Docker Compose reads it where NAME is not set. */
export const withDefaults = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')

/** Names of variables that the file takes from the shell. */
export const variablesOf = (text: string): string[] =>
  [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => String(name))

export const packageJson = z
  .object({
    version: z.string(),
    bin: z.object({ pimflow: z.string() }),
    exports: z.record(z.string(), z.unknown()),
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    engines: z.object({ node: z.string() }),
  })
  .parse(JSON.parse(readText('package.json')))

/** Instructions of the Dockerfile with continued lines joined: `['RUN', 'npm ci']`. */
export const dockerfile: [instruction: string, rest: string][] = readText('Dockerfile')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [instruction = '', ...rest] = line.trim().split(/\s+/)
    return [instruction, rest.join(' ')]
  })

export const instructions = (name: string): string[] =>
  dockerfile.filter(([instruction]) => instruction === name).map(([, rest]) => rest)
