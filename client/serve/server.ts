import type { AddressInfo } from 'node:net'
import formbody from '@fastify/formbody'
import { fastify } from 'fastify'
import { z } from 'zod'
import { type Action, liveControls, readAction, searchSection } from '../report/controls.ts'
import { markup, type Markup } from '../report/markup.ts'
import type { Morning } from '../report/morning.ts'
import { morningBody } from '../report/page.ts'
import { explainError } from '../support/errors.ts'
import type { MappingDesk } from '../support/mapping-desk.ts'
import { shared } from '../support/shared.ts'
import { frame, paragraph, send } from './answer.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { registerMappings } from './mapping-pages.ts'
import { keptNotices, type Notice } from './notices.ts'

export interface PageServerOptions extends GuardOptions {
  /** 0: any that is free. */
  port: number
  connections: string[]
  readMorning: () => Promise<Morning>
  /** In text, as `pimflow explain` prints it. */
  explain: (connection: string, id: string) => Promise<string>
  /** Does what a button says; what it says goes to the person, with the page of the run where one was started. */
  act: (action: Action) => Promise<Notice>
  mappings: MappingDesk
}

export interface PageServer {
  url: string
  close(): Promise<void>
}

const Form = z.object({ secret: z.unknown().optional(), action: z.string().max(2000).transform(readAction) })
const Question = z.object({ connection: z.string().optional(), id: z.string().trim().min(1).max(200) })

/** Several who look at once are one look at the database. */
const freshForMs = 2000

/** The morning page live: read anew when it is asked for, with what a person may do about it. Only GET and POST of forms; nothing is kept. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { host, port, connections, act, explain } = options
  const guard = createGuard(options)
  const read = shared(options.readMorning, freshForMs)
  const server = fastify({ forceCloseConnections: true, bodyLimit: 16_384 })
  await server.register(formbody)
  const notices = keptNotices()

  server.addHook('onRequest', (request, reply, done) => {
    const refused = guard.refusal(request)
    if (refused === null) {
      done()
      return
    }
    const loginForm = refused.status === 401 && request.method === 'GET' ? login(null) : null
    send(reply.code(refused.status), 'pimflow', loginForm ?? paragraph(refused.text))
  })
  server.setErrorHandler((error, _request, reply) => {
    const status =
      typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
    const text = explainError(error).message
    send(reply.code(status >= 400 && status < 500 ? status : 500), 'pimflow', paragraph(text))
  })

  server.get<{ Querystring: { notice?: string } }>('/', async ({ query }, reply) => {
    const morning = await read()
    const controls = liveControls({
      secret: guard.formSecret,
      connections,
      mappings: options.mappings.keys,
      notice: notices.of(query.notice),
    })
    return send(reply, 'pimflow, live', morningBody(morning, controls), true)
  })

  server.get('/explain', async (request, reply) => {
    const question = Question.safeParse(request.query)
    if (!question.success) return send(reply.code(400), 'pimflow', paragraph('Name a SKU, a code or a uuid.'))
    const { connection = connections[0] ?? '', id } = question.data
    if (!connections.includes(connection))
      return send(reply.code(404), 'pimflow', paragraph(`There is no connection ${connection}.`))
    const text = await explain(connection, id)
    return send(reply, `pimflow, ${id}`, explanation(connections, connection, id, text))
  })

  server.post('/act', async (request, reply) => {
    const form = Form.safeParse(request.body)
    const action = form.data?.action ?? null
    if (action === null || !connections.includes(action.connection))
      return send(reply.code(400), 'pimflow', paragraph('That is nothing that this page asks for.'))
    if (!guard.mayAct(request, form.data?.secret))
      return send(
        reply.code(403),
        'pimflow',
        paragraph('This came from another page, or from before a restart: load the page again.'),
      )
    const notice = notices.keep(await act(action))
    read.forget()
    // Loading the page again must not act again.
    return reply.redirect(`/?notice=${notice}`, 303)
  })

  server.post('/login', async (request, reply) => {
    const { token } = (request.body ?? {}) as { token?: unknown }
    const cookie = guard.cookieFor(token)
    if (cookie === null) return send(reply.code(401), 'pimflow', login('That is not the token.'))
    return reply.header('set-cookie', cookie).redirect('/', 303)
  })
  server.get('/login', (_request, reply) => send(reply, 'pimflow', login(null)))

  registerMappings(server, { guard, desk: options.mappings, notices })

  await server.listen({ host, port })
  const { port: bound } = server.server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, close: () => server.close() }
}

const explanation = (connections: string[], connection: string, id: string, text: string): Markup =>
  frame(
    markup`${searchSection(connections, id, connection)}
      <section aria-labelledby="answer"><h2 id="answer">${id} of ${connection}</h2>
      <pre tabindex="0" role="group" aria-label="Explanation">${text}</pre></section>`,
  )

const login = (problem: string | null): Markup =>
  markup`<header><h1>pimflow</h1></header><main><section aria-labelledby="login"><h2 id="login">Who asks?</h2>
    ${problem !== null && markup`<p role="alert">${problem}</p>`}
    <form class="ask" method="post" action="/login">
      <label>Token <input type="password" name="token" required autocomplete="current-password" /></label>
      <button>Show the page</button>
    </form></section></main>`
