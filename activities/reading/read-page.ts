import type { AkeneoCalls, Page, PageQuery, PageRequest } from '../../connectors/akeneo/client.ts'
import { mayBeThePage } from '../../connectors/akeneo/page-fault.ts'
import { listRejection } from '../../connectors/hub/rejections.ts'
import type { Slice, Transfer } from '../../connectors/hub/transfers.ts'
import type { Rejection, StreamName } from '../../contracts/streams.ts'
import { secondOf } from './cut-slices.ts'
import { ownFault, unanswered } from './own-fault.ts'
import { sourceInput } from '../publishing/source-input.ts'
import { type PageAround, readAround } from './read-around.ts'

/** A page of a transfer; `refused` are records that Akeneo cannot show. */
export interface TransferPage extends Page {
  refused: Rejection[]
}

type ReadTransfer = Pick<Transfer, 'stream' | 'slice' | 'pageSize'>

/**
 * Reads the next page of a transfer, of as many records as its `pageSize` says. At 0 one record, by its id: the list gives the id with
 * one attribute only, and a record that even its own address cannot answer is refused, so that the rest goes on.
 */
export async function readTransferPage(
  calls: AkeneoCalls,
  transfer: ReadTransfer,
  cursor: string | null,
  identifierAttribute: string | undefined,
  watch: Pick<PageRequest, 'onSent' | 'onAnswer'> = {},
): Promise<TransferPage> {
  const { stream, slice, pageSize } = transfer
  const query: PageQuery = slice.search === null ? {} : { search: slice.search }
  const attributes = identifierAttribute === undefined ? {} : { attributes: [identifierAttribute] }
  if (slice.byNumber) {
    const numbered: PageQuery = { ...query, paging: 'page' }
    try {
      return { ...(await calls.readPage(stream, { cursor, query: numbered, ...watch })), refused: [] }
    } catch (error) {
      const list = { stream, parent: '' }
      const keys = { cursor, query: { ...numbered, ...attributes } }
      const around = await readAround(calls, list, keys, await ownFault(calls, error))
      const page = await readAlone(calls, transfer, around, identifierAttribute)
      return { ...page, refused: [...page.refused, ...unshownIn(transfer, around)] }
    }
  }
  const { limit } = pageSize
  if (limit > 0) return { ...(await calls.readPage(stream, { cursor, query, limit, ...watch })), refused: [] }
  const listed = await calls.readPage(stream, { cursor, query: { ...query, ...attributes }, limit: 1 })
  return readAlone(calls, transfer, listed, identifierAttribute)
}

/**
 * Records of a list of keys, each by its own address. They are stored as of the first of these reads: what somebody else has read since is newer than
 * some of them.
 */
async function readAlone(
  calls: AkeneoCalls,
  { stream, slice }: ReadTransfer,
  listed: Page,
  identifierAttribute: string | undefined,
): Promise<TransferPage> {
  const page: TransferPage = { ...listed, items: [], broken: [...listed.broken], refused: [] }
  let isFirst = true
  for (const item of listed.items) {
    const { key, code } = sourceInput(stream, item, slice.parent, identifierAttribute)
    try {
      const one = await calls.readOne(stream, key)
      // Null where it was deleted since the list: then there is nothing to carry.
      if (one.item !== null) page.items.push(one.item)
      if (one.broken !== null) page.broken.push(one.broken)
      if (isFirst) page.ticket = one.ticket
      isFirst = false
    } catch (error) {
      if (!mayBeThePage(error)) throw error
      page.refused.push(unanswered({ stream, key, code }, error))
    }
  }
  return page
}

/** Which records those are, Akeneo does not say; what is known of them is when they were created. */
const unshownIn = ({ stream, slice }: ReadTransfer, { unshown, came }: PageAround): Rejection[] =>
  unshown === 0 ? [] : [listRejection(stream, secondOf(slice), unshownText(stream, slice, unshown, came))]

const unshownText = (stream: StreamName, slice: Slice, unshown: number, came: string) =>
  `Akeneo cannot show ${unshown} of its ${stream} created at ${secondOf(slice)}, and does not say which: ${came}`
