import { ContractError } from '../../errors.ts'
import { createHttp } from '../../http.ts'
import { failureOf } from '../answers.ts'
import { Standing } from './stage.ts'

/** Looks by `GET <url>/<hub id>`: 200 with a Standing, 404 for nothing. */
export function createLook(
  url: string,
  { timeoutMs = 30_000, signal }: { timeoutMs?: number; signal: AbortSignal },
): (id: string) => Promise<Standing | null> {
  const http = createHttp({
    caller: { service: 'delivery', connection: 'conformance' },
    timeoutMs,
    maxBodyBytes: 64 * 1024,
  })
  return async (id) => {
    const asked = 'GET of what stands at the destination'
    const address = new URL(`${url.replace(/\/+$/, '')}/${id}`)
    const answer = await http.send({ method: 'GET', url: address, asked, signal })
    if (answer.status === 404) return null
    if (answer.status !== 200) throw failureOf(answer, asked)
    const { data } = Standing.safeParse(jsonIn(answer.body))
    if (data) return data
    throw new ContractError({
      code: 'off-contract',
      asked,
      came: 'no {"version": number, "active": boolean, "writes"?: number}',
      remedy: 'Answer to --look as docs/destination.md describes, and with 404 for what is not there.',
    })
  }
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
