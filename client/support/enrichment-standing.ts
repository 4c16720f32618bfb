import type { ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { fetchedThisMonth } from '../../connectors/hub/enrichment/meter.ts'
import { type EnrichmentSight, enrichmentSight } from '../../connectors/hub/enrichment/sights.ts'
import { accountOf } from '../../connectors/icecat/access.ts'
import { icecatSettings } from '../../connectors/icecat/settings.ts'
import { monthOf } from '../../domain/enrichment/fair-use.ts'

type IcecatConfig = NonNullable<ConnectionConfig['icecat']>

/** How the enrichment of a connection stands, and its account with Icecat's fair use. */
export interface EnrichmentStanding extends EnrichmentSight {
  fairUse: FairUse
}

export interface FairUse {
  month: string
  /** Sheets of the language that was asked for most, over all connections of the account. */
  fetched: number
  limit: number
  /** Shares of the limit from which sheets are taken more slowly, and no more. */
  slowAt: number
  stopAt: number
}

export async function enrichmentStanding(
  sql: Sql,
  connection: string,
  icecat: IcecatConfig,
): Promise<EnrichmentStanding> {
  return standingOf(sql, await enrichmentSight(sql, connection), icecat)
}

/** With what has been used of the account by now. */
export async function standingOf(
  sql: Sql,
  sight: EnrichmentSight,
  icecat: IcecatConfig,
): Promise<EnrichmentStanding> {
  const { sheetsPerMonth: limit, slowAt, stopAt } = icecat.fairUse
  const month = monthOf(new Date())
  const fetched = await fetchedThisMonth(sql, accountOf(icecatSettings(icecat)), month)
  return { ...sight, fairUse: { month, fetched, limit, slowAt, stopAt } }
}

export function fairUseText({ month, fetched, limit, slowAt, stopAt }: FairUse): string {
  const share = fetched / limit
  const said = share >= stopAt ? ', used up' : share >= slowAt ? ', slowed down' : ''
  return `${fetched} of ${limit} sheets in ${month} (${Math.round(share * 100)} %${said})`
}
