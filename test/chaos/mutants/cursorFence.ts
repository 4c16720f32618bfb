import type * as real from '../../../connectors/hub/transfers.ts'

export * from '../../../connectors/hub/transfers.ts'

/** An attempt moves the cursor wherever it stands. */
export const moveCursor: typeof real.moveCursor = async (tx, transfer, _from, to) => {
  await tx`
    update transfer set cursor = ${to}, pages = pages + 1, done = ${to === null} where id = ${transfer}::bigint`
  return true
}
