import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import type * as builtHttp from '../connectors/http.ts'
import { ensureBuilt } from './support/build.ts'
import { built } from './support/built.ts'
import { loadAverage, machine, round } from './support/machine.ts'
import { type CommonFlags, writeJson } from './support/options.ts'
import { startProgram } from './support/program.ts'
import { simulateAkeneo } from './support/simulator.ts'
import { versions } from './support/versions.ts'

export interface HttpNumbers {
  /** Of a page of 100 products of shape medium. */
  pageBytes: number
  packedBytes: number
  /** Of this process, by way of asking: it fetches and parses, the server is another process. */
  cpuMsPerPage: Record<Way, number>
}

/** By their queries at the server of pages. */
const ways = {
  'as it is': '',
  'as it is, a connection each': '?close',
  packed: '?gzip',
  'packed, a connection each': '?gzip&close',
} as const
type Way = keyof typeof ways

/** Taken in turns, so that whatever else the machine does is in each of them. */
const rounds = 5

/** What receiving an answer costs: compression and keep-alive, by the product's own client. */
export async function benchHttp(pages: number, onProgress: (text: string) => void): Promise<HttpNumbers> {
  await ensureBuilt(onProgress)
  const { createHttp } = await built<typeof builtHttp>('connectors/http.js')
  const http = createHttp({ caller: { service: 'akeneo', connection: 'bench' }, timeoutMs: 30_000 })
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-bench-http-'))
  try {
    const file = join(folder, 'page.json')
    await writeFile(file, await productPage())
    const server = await startProgram(new URL('support/page-server.js', import.meta.url).pathname, [file], {
      ready: /packed \d+\n/,
    })
    try {
      const [, url = '', pageBytes, packedBytes] =
        /on (\S+) of (\d+) bytes, packed (\d+)/.exec(server.printed) ?? []
      const fetchPages = async (way: Way, count: number) => {
        const before = process.cpuUsage()
        for (let n = 0; n < count; n++) {
          const { body } = await http.send({
            method: 'GET',
            url: new URL(ways[way], url),
            asked: 'a page',
          })
          JSON.parse(body.toString('utf8'))
        }
        const { user, system } = process.cpuUsage(before)
        return (user + system) / 1000
      }
      const cpuMs = new Map<Way, number>()
      const names = Object.keys(ways) as Way[]
      for (const way of names) await fetchPages(way, 20)
      for (let round = 0; round < rounds; round++) {
        for (const way of names)
          cpuMs.set(way, (cpuMs.get(way) ?? 0) + (await fetchPages(way, Math.ceil(pages / rounds))))
      }
      const measured = Math.ceil(pages / rounds) * rounds
      return {
        pageBytes: Number(pageBytes),
        packedBytes: Number(packedBytes),
        cpuMsPerPage: Object.fromEntries(
          [...cpuMs].map(([way, ms]) => [way, round2(ms / measured)]),
        ) as Record<Way, number>,
      }
    } finally {
      await server.stop()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const round2 = (n: number) => round(n, 2)

/** As a simulator of another process makes it. */
async function productPage(): Promise<string> {
  const akeneo = await simulateAkeneo({ shape: 'medium', products: 100 })
  try {
    const pages = await akeneo.list('/products-uuid?pagination_type=search_after&limit=100').next()
    return JSON.stringify({ _embedded: { items: pages.value as unknown } })
  } finally {
    await akeneo.stop()
  }
}

/** The command `bench http`. */
export const httpCommand = (onProgress: (text: string) => void): Command =>
  new Command('http')
    .description(
      'CPU of a page of 100 products, received and parsed: packed or not, on one connection or many',
    )
    .option('--json <file>', 'write the numbers as JSON')
    .option('--quick', 'few pages: some seconds')
    .action(async ({ json, quick }: CommonFlags) => {
      const numbers = await benchHttp(quick === true ? 100 : 1000, onProgress)
      process.stdout.write(
        `a page of ${numbers.pageBytes} bytes, packed ${numbers.packedBytes}\n` +
          Object.entries(numbers.cpuMsPerPage)
            .map(([way, ms]) => `${way.padEnd(30)}${ms.toFixed(2)} ms CPU\n`)
            .join(''),
      )
      writeJson(json, { ...numbers, load: loadAverage(), ...machine(), versions: versions() })
    })
