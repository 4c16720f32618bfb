import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, get, request } from 'node:http'

export interface ShapeNumbers {
  /** Products read through `/products-uuid` in pages of 100, by cursor, at zero latency. */
  productsPerSecond: number
  /** From the start of the process to the first answer it would give. */
  startMs: number
  /** Memory of the process at the end of the reading. */
  rssMiB: number
}

const SHAPES = ['small', 'medium', 'large'] as const
const MAIN = new URL('../simulator/akeneo/main.ts', import.meta.url).pathname

/** The simulator runs in a process of its own, one shape after the other, so that neither reads the other's memory. */
export async function benchSimulator(seconds: number): Promise<Record<string, ShapeNumbers>> {
  const numbers: Record<string, ShapeNumbers> = {}
  for (const shape of SHAPES) numbers[shape] = await benchShape(shape, seconds)
  return numbers
}

async function benchShape(shape: string, seconds: number): Promise<ShapeNumbers> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      MAIN,
      ...['--shape', shape, '--client-id', 'bench', '--client-secret', 'bench'],
      ...['--username', 'bench', '--password', 'bench'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    const url = await urlOf(child)
    const startMs = Math.round(performance.now() - began)
    const token = await tokenOf(url)
    const productsPerSecond = Math.round(await read(url, token, seconds))
    return { productsPerSecond, startMs, rssMiB: rssMiB(child.pid ?? 0) }
  } finally {
    const gone = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    await gone
  }
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const url = /on (http:\/\/\S+)/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`the simulator ended with code ${String(code)}`)))
  })
}

function tokenOf(url: string): Promise<string> {
  const basic = Buffer.from('bench:bench').toString('base64')
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/oauth/v1/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${basic}` },
    })
    call.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.once('end', () => resolve((JSON.parse(text) as { access_token: string }).access_token))
    })
    call.once('error', reject)
    call.end(JSON.stringify({ grant_type: 'password', username: 'bench', password: 'bench' }))
  })
}

/** As many readers as Akeneo lets one connection have; each begins at its own quarter of the catalogue. */
const READERS = ['0', '4', '8', 'c']
const WARM_UP_MS = 1500

async function read(url: string, token: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const measureFrom = performance.now() + WARM_UP_MS
  const until = measureFrom + seconds * 1000
  let products = 0
  const reader = async (digit: string): Promise<void> => {
    const list = `${url}/api/rest/v1/products-uuid?pagination_type=search_after&limit=100`
    let next: string | undefined = `${list}&search_after=${digit}0000000-0000-4000-8000-000000000000`
    while (performance.now() < until) {
      const page: string = await fetchText(next ?? list, token, agent)
      // The page's own link comes on top of one for each product.
      const count = page.split('"self":').length - 2
      const now = performance.now()
      if (now > measureFrom && now <= until) products += count
      next = /"next":\{"href":"([^"]+)"/.exec(page.slice(0, 2000))?.[1]
    }
  }
  await Promise.all(READERS.map(reader))
  agent.destroy()
  return products / seconds
}

function fetchText(url: string, token: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('latin1')
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${url} answered ${String(response.statusCode)}: ${text}`))
      })
    }).once('error', reject)
  })
}

function rssMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
