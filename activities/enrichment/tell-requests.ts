import { cancellationSignal } from '@temporalio/activity'
import { tellRequests } from '../../connectors/delivery/requests-webhook.ts'
import { markExported, requestLine, requestSights } from '../../connectors/hub/enrichment/sights.ts'
import type { Dependencies } from '../dependencies.ts'
import { icecatOf } from './context.ts'

export const createTellActivities = (deps: Dependencies) => ({
  /** Tells the webhook of content that Icecat lacks, each product once; returns how many. */
  async tellRequests(input: { connection: string }): Promise<{ told: number }> {
    const { sql } = deps
    const connection = deps.connection(input.connection)
    const { webhook } = icecatOf(connection).config.requests
    if (webhook === undefined) return { told: 0 }
    for (let told = 0; ;) {
      const requests = await requestSights(sql, connection.name, { most: webhook.batchSize })
      if (requests.length === 0) return { told }
      await tellRequests(connection.name, webhook, requests.map(requestLine), cancellationSignal())
      await markExported(
        sql,
        connection.name,
        requests.map(({ product }) => product),
      )
      told += requests.length
    }
  },
})
