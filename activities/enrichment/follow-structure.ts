import { hash } from 'node:crypto'
import {
  judgeByRules,
  keepRules,
  type KeptRule,
  ruledVersion,
} from '../../connectors/hub/enrichment/structure-rules.ts'
import { markGone, markLostOptions } from '../../connectors/hub/enrichment/lost-values.ts'
import { setLeftOut } from '../../connectors/hub/enrichment/state.ts'
import { optionCodes, optionNames, structureRules } from '../../domain/enrichment/structure-rules.ts'
import type { Dependencies } from '../dependencies.ts'
import { structureOf } from '../publishing/context.ts'
import type { EnrichmentContext } from './context.ts'

/**
 * Products whose values may fit now, or belong elsewhere, because Akeneo's structure has changed since they were judged, are due. What
 * of the mapping has no place in it any more is written down.
 */
export async function followStructure(
  { sql }: Dependencies,
  { connection, mapping, leftOut, structure, mapped }: EnrichmentContext,
): Promise<void> {
  const { name } = connection
  const known = await structureOf(sql, connection)
  // One that has changed once more since is for the next look.
  if (known?.structure !== structure || known.version === (await ruledVersion(sql, name))) return
  const { version } = known
  const rules = structureRules(mapping, structure).map(({ kind, code, says }): KeptRule => ({
    kind,
    code,
    hash: hash('sha1', says, 'hex'),
    ...(kind === 'options' && mapped.has(code) && { codes: optionCodes(structure, code) }),
  }))
  await sql.begin(async (tx) => {
    await setLeftOut(tx, name, leftOut)
    const changed = await keepRules(tx, name, version, rules)
    const of = (kind: KeptRule['kind']) =>
      changed.flatMap((rule) => (rule.kind === kind ? [rule.code] : [])).sort()
    const attributes = of('attribute')
    await markGone(
      tx,
      name,
      attributes.filter((code) => !structure.attributes.has(code)),
    )
    await markLostOptions(
      tx,
      name,
      changed.flatMap(({ code, lost }) => (lost.length > 0 ? [{ attribute: code, codes: lost }] : [])),
    )
    await judgeByRules(tx, name, {
      attributes,
      options: of('options').map((attribute) => ({ attribute, names: optionNames(structure, attribute) })),
      families: of('family'),
    })
  })
}
