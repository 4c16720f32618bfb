import type { Sql } from '../../connectors/hub/database.ts'
import { countsOf } from '../../connectors/hub/enrichment/counts.ts'
import { forgetRefusals } from '../../connectors/hub/enrichment/lines.ts'
import { productKeysOfRoots, productsByKey } from '../../connectors/hub/enrichment/products.ts'
import { openRun, closeRun, runById, watermarkOf } from '../../connectors/hub/runs.ts'
import { parentsOfModels, rootModelsOf } from '../../connectors/hub/source-relations.ts'
import { idsOf } from '../../connectors/hub/sources.ts'
import type { EnrichmentChunk } from '../../contracts/processes.ts'
import type { EnrichProductReport } from '../../contracts/reports.ts'
import { foldCase } from '../../domain/text.ts'
import type { Dependencies } from '../dependencies.ts'
import { thisExecution } from '../runs.ts'
import { chooseThese } from './choose.ts'
import { enrichmentContext, icecatOf } from './context.ts'
import { takeMapping } from './open-enrichment.ts'
import { reportOf } from './report.ts'

export interface OpenedProduct {
  /** Null when there is nothing to do. */
  runId: string | null
  /** Records whose lines and files are sent: the products and the models above them. */
  only: NonNullable<EnrichmentChunk['only']>
  /** Said where there is nothing to do. */
  report: EnrichProductReport | null
}

export const createEnrichProductActivities = (deps: Dependencies) => {
  const { sql } = deps
  return {
    /** After the record was read anew: finds the products that are meant, and those that share their models. */
    async openEnrichProduct(input: { connection: string; id: string }): Promise<OpenedProduct> {
      const connection = deps.connection(input.connection)
      icecatOf(connection)
      const { name } = connection
      if ((await watermarkOf(sql, name))?.load !== 'done')
        return nothing(
          'waiting',
          `Products of ${name} are being loaded for the first time; then this is possible`,
        )
      await takeMapping(deps, connection)
      const context = await enrichmentContext(deps, connection)
      const keys = await meantProducts(sql, name, input.id)
      if (keys.length === 0)
        return nothing(
          'not found',
          `Akeneo knows no product or model ${input.id}, or this user may not see it`,
        )
      await chooseThese(deps, context, keys)
      const chosen = await productsByKey(sql, name, keys)
      if (chosen.length === 0)
        return nothing(
          'not found',
          `${input.id} is not among the products that the mapping chooses (section products)`,
        )
      const known = await idsOf(
        sql,
        name,
        'products',
        chosen.map(({ product }) => product),
      )
      const parents = [...known.values()].flatMap(({ parent }) => parent ?? [])
      const models = await parentsOfModels(sql, name, [...new Set(parents)])
      const only = [
        ...[...new Set([...models.values()].map(({ key }) => key))].map((key) => ({
          stream: 'product-models' as const,
          key,
        })),
        ...chosen.map(({ product }) => ({ stream: 'products' as const, key: product })),
      ]
      const run = await sql.begin(async (tx) => {
        // Who asks for one product has perhaps mended what Akeneo refused it for.
        await forgetRefusals(tx, name, only)
        return openRun(tx, {
          connection: name,
          process: 'enrich-product',
          mode: 'product',
          ...thisExecution(),
        })
      })
      return { runId: run.id.toString(), report: null, only }
    },

    async closeEnrichProduct(input: {
      connection: string
      id: string
      runId: string
      only: OpenedProduct['only']
    }): Promise<EnrichProductReport> {
      const run = await runById(sql, BigInt(input.runId))
      const counts = reportOf(await countsOf(sql, run.id), { outcome: 'done', runId: input.runId, due: 0 })
      const products = await productsByKey(
        sql,
        input.connection,
        input.only.flatMap(({ stream, key }) => (stream === 'products' ? [key] : [])),
      )
      const messages = [...new Set(products.flatMap(({ message }) => message ?? []))]
      const outcome = counts.enriched > 0 ? 'enriched' : counts.unchanged > 0 ? 'unchanged' : 'not found'
      const text = messages.length > 0 ? `${input.id} ${messages.join('; ')}` : sentence(input.id, counts)
      await closeRun(sql, run.id, outcome, counts)
      return { outcome, text, counts }
    },
  }
}

const sentence = (id: string, { values, files, kept, problems }: ReturnType<typeof reportOf>): string =>
  `${id}: ${values} values and ${files} files written, ${kept} left as they are, ${problems} cannot be written`

const nothing = (outcome: EnrichProductReport['outcome'], text: string): OpenedProduct => ({
  runId: null,
  only: [],
  report: { outcome, text, counts: null },
})

/** By SKU or uuid the product, by code the variants of a model; with either, all that share their root. */
async function meantProducts(sql: Sql, connection: string, id: string): Promise<string[]> {
  const product = (await idsOf(sql, connection, 'products', [id])).get(foldCase(id))
  if (product?.parent === null) return [product.key]
  const roots = (await rootModelsOf(sql, connection, [product?.parent ?? id])).map(foldCase)
  const siblings = await productKeysOfRoots(sql, connection, roots)
  return [...new Set([...(product ? [product.key] : []), ...siblings])]
}
