import { request } from 'node:http'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** By hand, because `fetch` lets nobody choose Host and Origin. */
export function ask(
  url: string,
  path: string,
  { headers = {}, form }: { headers?: Record<string, string>; form?: Record<string, string> } = {},
): Promise<Answer> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString()
  return new Promise((resolve, reject) => {
    const asking = request(
      new URL(path, url),
      {
        method: form === undefined ? 'GET' : 'POST',
        headers: {
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })
}

/** What a form of the page carries. */
export const secretOf = (page: string): string => /name="secret" value="([^"]+)"/.exec(page)?.[1] ?? ''
