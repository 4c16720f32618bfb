/** How many records the next page of a list asks for. */
export interface PageSize {
  /** 1 to 100; 0: one record, by its id. */
  limit: number
  /** Of the records that come next, those among which one breaks the page; 0: none is suspected. */
  suspects: number
}

/** As many as Akeneo gives at most. */
export const wholePage: PageSize = { limit: 100, suspects: 0 }

export const isWholePage = ({ limit, suspects }: PageSize): boolean =>
  limit === wholePage.limit && suspects === 0

/** After a page that could not be answered: the fault is in its first half or in its second. */
export const afterFailure = ({ limit }: PageSize): PageSize => ({
  limit: Math.floor(limit / 2),
  suspects: Math.max(1, limit),
})

/** After a page that came: what breaks the larger one is in what is left of it; a record that was read by its id was the last. */
export function afterSuccess({ limit, suspects }: PageSize): PageSize {
  const left = limit === 0 ? 0 : suspects - limit
  if (left <= 0) return wholePage
  return { limit: Math.floor(left / 2), suspects: left }
}
