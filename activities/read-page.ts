import type { AkeneoCalls, Page, PageRequest } from '../connectors/akeneo/client.ts'
import type { Transfer } from '../connectors/hub/transfers.ts'
import type { Rejection } from '../contracts/streams.ts'
import { mayBeThePage, unanswered } from './own-fault.ts'
import { sourceInput } from './publishing/source-input.ts'

/** A page of a transfer; `refused` are records that Akeneo cannot show. */
export interface TransferPage extends Page {
  refused: Rejection[]
}

/**
 * Reads the next page of a transfer, of as many records as its `pageSize` says. At 0 one record, by its id: the list gives the id with
 * one attribute only, and a record that even its own address cannot answer is refused, so that the rest goes on.
 */
export async function readTransferPage(
  calls: AkeneoCalls,
  { stream, slice, pageSize }: Pick<Transfer, 'stream' | 'slice' | 'pageSize'>,
  cursor: string | null,
  identifierAttribute: string | undefined,
  watch: Pick<PageRequest, 'onSent' | 'onAnswer'> = {},
): Promise<TransferPage> {
  const query = slice.search === null ? {} : { search: slice.search }
  const { limit } = pageSize
  if (limit > 0) return { ...(await calls.readPage(stream, { cursor, query, limit, ...watch })), refused: [] }
  const attributes = identifierAttribute === undefined ? {} : { attributes: [identifierAttribute] }
  const listed = await calls.readPage(stream, { cursor, query: { ...query, ...attributes }, limit: 1 })
  const page: TransferPage = { ...listed, items: [], broken: [...listed.broken], refused: [] }
  for (const item of listed.items) {
    const { key, code } = sourceInput(stream, item, slice.parent, identifierAttribute)
    try {
      const one = await calls.readOne(stream, key)
      // Null where it was deleted since the list: then there is nothing to carry.
      if (one.item !== null) page.items.push(one.item)
      if (one.broken !== null) page.broken.push(one.broken)
      page.ticket = one.ticket
    } catch (error) {
      if (!mayBeThePage(error)) throw error
      page.refused.push(unanswered({ stream, key, code }, error))
    }
  }
  return page
}
