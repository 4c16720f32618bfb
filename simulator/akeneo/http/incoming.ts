import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'
import type { FormData } from './request.ts'
import { JSON_TYPE, type Route } from './router.ts'

/** Accept matters for GET only, parameters of a Content-Type not at all (CheckHeadersRequestSubscriber). */
export function checkHeaders(request: FastifyRequest, route: Route): void {
  if (request.method === 'HEAD') return
  if (route.method === 'GET') {
    const accept = request.headers.accept
    if (accept !== undefined && route.anyAccept !== true && accept !== JSON_TYPE && !accept.includes('*/*')) {
      throw new ApiError(406, `"${accept}" in "Accept" header is not valid. Only "${JSON_TYPE}" is allowed.`)
    }
    return
  }
  if (route.method === 'DELETE' || route.contentTypes?.length === 0) return
  const allowed = route.contentTypes ?? [JSON_TYPE]
  const sent = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  const list = allowed.map((type) => `"${type}"`).join(' or ')
  if (sent === '') {
    throw new ApiError(415, `The "Content-Type" header is missing. ${list} has to be specified as value.`)
  }
  if (!allowed.includes(sent)) {
    const verb = allowed.length > 1 ? 'are' : 'is'
    throw new ApiError(415, `"${sent}" in "Content-Type" header is not valid. Only ${list} ${verb} allowed.`)
  }
}

/** PHP drops what it cannot read of a form (no boundary, another one, cut off, a file too large), and goes on with the rest. */
export async function readForm(request: FastifyRequest): Promise<FormData> {
  const form: FormData = { fields: new Map(), files: new Map() }
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        form.files.set(part.fieldname, {
          filename: part.filename,
          mimeType: part.mimetype,
          content: await part.toBuffer(),
        })
      } else form.fields.set(part.fieldname, String(part.value))
    }
  } catch {
    // What came before it counts.
  }
  return form
}
