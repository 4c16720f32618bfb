import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { ConfigError } from '../../config.ts'
import { noticeSection } from '../report/controls.ts'
import { liveMappingControls, type MappingAsk, readMappingAsk } from '../report/mapping-controls.ts'
import { mappingHref, mappingOf, mappingTitle } from '../report/mapping-name.ts'
import { mappingPreview, mappingSection } from '../report/mapping-section.ts'
import { markup, type Markup } from '../report/markup.ts'
import { MappingEditError } from '../../connectors/mapping-edit.ts'
import { StaleFileError } from '../support/edit-file.ts'
import { explainError, UsageError } from '../support/errors.ts'
import { GoneError } from '../support/mapping-decisions.ts'
import type { MappingDesk, MappingKey, MappingPreview } from '../support/mapping-desk.ts'
import { frame, paragraph, send } from './answer.ts'
import type { Guard } from './guard.ts'
import type { Notice, Notices } from './notices.ts'

const Question = z.object({
  connection: z.string(),
  of: z.string(),
  notice: z.string().optional(),
})
const Edit = Question.extend({
  secret: z.unknown().optional(),
  mark: z.string().max(100),
  reason: z.string().max(200).default(''),
  do: z.string().max(300).transform(readMappingAsk),
})
const Look = Question.extend({ secret: z.unknown().optional(), id: z.string().trim().min(1).max(200) })

/** So many rows keep a page below 300 kB. */
export const limits = { suggestions: 60, attributes: 300 }

interface Shown {
  notice?: Notice | null
  /** Why nothing was done. */
  problem?: string
  preview?: MappingPreview
  reason?: string
}

/** Each mapping on a page of its own: what it says, what it could say, and buttons that write that into its file. */
export function registerMappings(
  server: FastifyInstance,
  { guard, desk, notices }: { guard: Guard; desk: MappingDesk; notices: Notices },
): void {
  server.get('/mapping', async (request, reply) => {
    const question = Question.safeParse(request.query)
    const key = question.data && keyOf(question.data)
    if (key === undefined) return send(reply.code(404), 'pimflow', paragraph('There is no such mapping.'))
    return show(reply, key, { notice: notices.of(question.data?.notice) })
  })

  server.post('/mapping', async (request, reply) => {
    const form = Edit.safeParse(request.body)
    const key = form.data && keyOf(form.data)
    if (!form.data?.do || key === undefined)
      return send(reply.code(400), 'pimflow', paragraph('That is nothing that this page asks for.'))
    if (!guard.mayAct(request, form.data.secret)) return elsewhere(reply)
    const { mark, reason, do: asked } = form.data
    try {
      const notice = notices.keep(await act(key, mark, asked, reason))
      return await reply.redirect(`${mappingHref(key)}&notice=${notice}`, 303)
    } catch (error) {
      const status = statusOf(error)
      if (status === null) throw error
      return show(reply.code(status), key, {
        problem: `${explainError(error).message}. ${nothingDone}`,
        reason,
      })
    }
  })

  // By POST, because it may take a sheet of Icecat's, which counts for fair use.
  server.post('/mapping/preview', async (request, reply) => {
    const form = Look.safeParse(request.body)
    const key = form.data && keyOf(form.data)
    if (!form.data || key === undefined)
      return send(reply.code(400), 'pimflow', paragraph('Name a SKU of a mapping that there is.'))
    if (!guard.mayAct(request, form.data.secret)) return elsewhere(reply)
    try {
      return await show(reply, key, { preview: await desk.preview(key, form.data.id) })
    } catch (error) {
      const status = statusOf(error)
      if (status === null) throw error
      return show(reply.code(status), key, { problem: explainError(error).message })
    }
  })

  const keyOf = ({ connection, of }: { connection: string; of: string }): MappingKey | undefined =>
    desk.keys.find((key) => key.connection === connection && mappingOf(key) === of)

  function act(key: MappingKey, mark: string, asked: MappingAsk, reason: string): Promise<Notice> {
    switch (asked.do) {
      case 'compare':
      case 'apply':
        return desk.compare(key, { apply: asked.do === 'apply' })
      case 'raise':
        return desk.edit(key, mark, { do: 'raise' })
      case 'accept':
        return desk.edit(key, mark, { do: 'accept', suggestion: asked.of })
      case 'ignore':
        return desk.edit(key, mark, { do: 'ignore', what: asked.of, reason })
    }
  }

  async function show(reply: FastifyReply, key: MappingKey, shown: Shown): Promise<FastifyReply> {
    return send(reply, `pimflow, ${mappingTitle(key)}`, frame(await content(key, shown)))
  }

  async function content(
    key: MappingKey,
    { notice = null, problem, preview, reason }: Shown,
  ): Promise<Markup> {
    const alert = problem !== undefined && markup`<p role="alert">${problem}</p>`
    try {
      const sight = await desk.sight(key)
      const controls = liveMappingControls({
        ...key,
        secret: guard.formSecret,
        mark: sight.file?.mark ?? null,
        reason: reason ?? null,
        asked: preview?.id ?? '',
      })
      return markup`${alert}${noticeSection(notice)}${mappingSection(key, sight, limits, controls)}${mappingPreview(preview ?? null, key, controls)}`
    } catch (error) {
      if (statusOf(error) === null) throw error
      // What is not there yet, or wrong in the file, is said with what to do about it.
      const { message } = explainError(error)
      return markup`${alert}${noticeSection(notice)}<section aria-labelledby="mapping"><h2 id="mapping">${mappingTitle(key)}</h2><pre tabindex="0" role="group" aria-label="What is in the way">${message}</pre></section>`
    }
  }
}

const nothingDone = 'Nothing was written; below is the file as it is now.'

const elsewhere = (reply: FastifyReply): FastifyReply =>
  send(
    reply.code(403),
    'pimflow',
    paragraph('This came from another page, or from before a restart: load the page again.'),
  )

/** Null: a fault that is not the request's. */
function statusOf(error: unknown): number | null {
  if (error instanceof StaleFileError) return 409
  if (error instanceof GoneError) return 404
  const isTheirs = [UsageError, ConfigError, MappingEditError].some((kind) => error instanceof kind)
  return isTheirs ? 422 : null
}
