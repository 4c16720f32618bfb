import { type RawAnswer, rawRequest } from '../support/raw-request.ts'

/** Of whatever Host and Origin. */
export function ask(
  url: string,
  path: string,
  { headers = {}, form }: { headers?: Record<string, string>; form?: Record<string, string> } = {},
): Promise<RawAnswer> {
  const body = form === undefined ? {} : { body: new URLSearchParams(form).toString() }
  return rawRequest(new URL(path, url), {
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...body,
  })
}

/** What a form of the page carries. */
export const secretOf = (page: string): string => /name="secret" value="([^"]+)"/.exec(page)?.[1] ?? ''
