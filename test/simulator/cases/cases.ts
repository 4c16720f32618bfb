import { readdirSync, readFileSync } from 'node:fs'
import type { Answer, Api, Body } from '../api.ts'

/** One call and its answer, as the text files beside this one tell them: a title, the call, the answer. */
export interface Case {
  title: string
  method: string
  path: string
  body: string | undefined
  answer: string
}

const FOLDER = new URL('.', import.meta.url)

export const AREAS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => file.replace('.txt', ''))

export function casesOf(area: string): Case[] {
  const text = readFileSync(new URL(`${area}.txt`, FOLDER), 'utf8')
  return text
    .trim()
    .split('\n\n')
    .map((block) => {
      const [title = '', call = '', answer = ''] = block.split('\n').map(lengthened)
      // A search is written as it is meant, and may hold spaces: the body begins after the path's last brace.
      const [, method = '', path = '', body] = /^([A-Z]+) (\S*?search=.*|\S+)(?: ([{[].*))?$/.exec(call) ?? []
      return { title: title.slice(2), method, path: encoded(path), body, answer }
    })
}

/** `a×256` stands for so many letters. */
function lengthened(line: string): string {
  return line.replace(/a×(\d+)/g, (_, times: string) => 'a'.repeat(Number(times)))
}

function encoded(path: string): string {
  return path.replace(/search=(.*)$/, (_, search: string) => `search=${encodeURIComponent(search)}`)
}

export async function call(api: Api, { method, path, body }: Case): Promise<string> {
  if (method === 'LINES') {
    const lines = JSON.parse(body ?? '[]') as (object | string)[]
    return sayAnswer(await api.patchLines(path, lines), api.simulator.url)
  }
  const headers = { 'content-type': 'application/json' }
  const answer = await api.send(path, { method, ...(body !== undefined && { headers, body }) })
  return sayAnswer(answer, api.simulator.url)
}

/** The status, and what the body says in short: a message, violations, codes of a list, or the document without its dates. */
export function sayAnswer(answer: Answer, url: string): string {
  const { status, text, body, lines } = answer
  if (lines.length > 0) return `${status} ${lines.map(sayLine).join(' / ')}`
  return `${status} ${text === '' ? '-' : sayBody(body)}`.replaceAll(url, '<url>')
}

function sayLine({ line, status_code: status, code, identifier, uuid, ...rest }: Body): string {
  const key = [code, identifier, uuid].find((one) => typeof one === 'string') ?? '-'
  const number = line as number
  const said = rest.message === undefined && rest.errors === undefined ? '' : ` ${sayBody(rest)}`
  return `${number} ${key} ${status as number}${said}`
}

function sayBody(body: Body): string {
  const { message, errors, _embedded: embedded } = body
  if (Array.isArray(errors)) {
    return errors
      .map(
        ({ property, attribute, message: why }) =>
          `${property}${attribute === undefined ? '' : `(${attribute})`}: ${why}`,
      )
      .join(' | ')
  }
  if (message !== undefined) return message
  if (embedded !== undefined) {
    return `[${embedded.items.map(({ code, identifier }) => code ?? identifier).join(', ')}]`
  }
  return JSON.stringify(body, (key, held: unknown) =>
    key === 'updated' || key === 'created' ? undefined : held,
  )
}
