import { hash } from 'node:crypto'
import {
  judgeByRules,
  keepRules,
  type KeptRule,
  ruledVersion,
} from '../../connectors/hub/enrichment/structure-rules.ts'
import { optionNames, structureRules } from '../../domain/enrichment/structure-rules.ts'
import type { Dependencies } from '../dependencies.ts'
import { structureOf } from '../publishing/context.ts'
import type { EnrichmentContext } from './context.ts'

/** Products whose values may fit now, or belong elsewhere, because Akeneo's structure has changed since they were judged, are due. */
export async function followStructure(
  { sql }: Dependencies,
  { connection, mapping }: EnrichmentContext,
): Promise<void> {
  const { name } = connection
  const known = await structureOf(sql, connection)
  if (known === null || known.version === (await ruledVersion(sql, name))) return
  const { structure, version } = known
  const rules = structureRules(mapping, structure).map(({ kind, code, says }): KeptRule => ({
    kind,
    code,
    hash: hash('sha1', says, 'hex'),
  }))
  await sql.begin(async (tx) => {
    const changed = await keepRules(tx, name, version, rules)
    const of = (kind: KeptRule['kind']) =>
      changed.flatMap((rule) => (rule.kind === kind ? [rule.code] : [])).sort()
    await judgeByRules(tx, name, {
      attributes: of('attribute'),
      options: of('options').map((attribute) => ({ attribute, names: optionNames(structure, attribute) })),
      families: of('family'),
    })
  })
}
