import { setTimeout as sleep } from 'node:timers/promises'
import type { PageRequest } from '../../connectors/akeneo/client.ts'
import type { TransferPage } from './read-page.ts'

/** A page that was asked for; its answer says where the list goes on before it is parsed, which takes as long as a whole page of others. */
export interface AskedPage {
  page: Promise<TransferPage>
  /** Null at the end of the list; undefined: only the page itself says, or it has failed. */
  link: Promise<string | null | undefined>
  /** It is on its way, or has failed. */
  sent: Promise<unknown>
  /** Whoever has asked for the page behind it lets it be parsed; without a word it is after `parseAfterMs`. */
  parse(): void
}

/** Longer than it takes to send a request, shorter than parsing; unit ms. */
const parseAfterMs = 15

export function askPage(
  read: (watch: Required<Pick<PageRequest, 'onSent' | 'onAnswer'>>) => Promise<TransferPage>,
): AskedPage {
  const link = gate<string | null | undefined>()
  const sent = gate<undefined>()
  const parse = gate<undefined>()
  const page = read({
    onSent: () => sent.open(undefined),
    onAnswer: (next) => {
      link.open(next)
      return Promise.race([parse.passed, sleep(parseAfterMs)])
    },
  })
  const settled = () => {
    sent.open(undefined)
    link.open(undefined)
  }
  // It may fail while nobody waits for it yet: that is told to whoever does in the end, and meanwhile to nobody.
  page.then(settled, settled)
  return { page, link: link.passed, sent: sent.passed, parse: () => parse.open(undefined) }
}

function gate<T>() {
  let open: (value: T) => void = () => undefined
  const passed = new Promise<T>((resolve) => (open = resolve))
  return { passed, open }
}
