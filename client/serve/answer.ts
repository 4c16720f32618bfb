import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { markup, Markup } from '../report/markup.ts'
import { documentOf } from '../report/page.ts'
import { refresh } from './refresh.ts'

/** A page that nobody may keep or frame, and that runs at most one script, which is ours. */
export function send(reply: FastifyReply, title: string, body: Markup, isLive = false): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const script = isLive ? markup`<script nonce="${nonce}">${new Markup(refresh)}</script>` : null
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; ` +
        `form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    .send(documentOf(title, script, body))
}

export const frame = (content: Markup): Markup =>
  markup`<header><h1>pimflow</h1></header><main>${content}<p><a href="/">The morning page</a></p></main>`

export const paragraph = (text: string): Markup => frame(markup`<p role="alert">${text}</p>`)
