import type { ConnectionConfig } from '../../config.ts'
import { buildStructure } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { fetchedThisMonth } from '../../connectors/hub/enrichment/meter.ts'
import { completenessRead, editability } from '../../connectors/hub/enrichment/editability.ts'
import { structureCompleteAt, structureRecords } from '../../connectors/hub/structure.ts'
import { checkIcecat } from '../../connectors/icecat/check.ts'
import { createIcecatClient } from '../../connectors/icecat/client.ts'
import { icecatSettings } from '../../connectors/icecat/settings.ts'
import { readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import type { CheckLine } from '../../domain/check-report.ts'
import { checkMapping } from '../../domain/enrichment/convert/check-rules.ts'
import { judgeFairUse, monthOf } from '../../domain/enrichment/fair-use.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { mappingHash, olderVersionText, sameVersionText } from '../../domain/enrichment/mapping/meaning.ts'
import { inFileOrder, problemText } from '../../domain/mapping/problem.ts'
import { appliedIcecatMapping } from './icecat-applying.ts'
import { icecatTarget, type IcecatTarget } from './icecat-target.ts'

/** Everything that enrichment needs besides Akeneo: its mapping, Icecat's doors, what the month still allows, rights. Reads only. */
export async function icecatLines(
  sql: Sql,
  connection: ConnectionConfig,
  configPath: string,
  signal: AbortSignal,
): Promise<CheckLine[]> {
  const { icecat, name } = connection
  if (icecat === undefined) return []
  const target = await icecatTarget(configPath, connection)
  const { mapping, line } = await mappingLine(sql, target)
  const settings = { name, icecat: icecatSettings(icecat) }
  const languages = mapping === null ? ['EN'] : languagesIn(mapping)
  return [
    line,
    ...(await checkIcecat({
      connection: settings,
      icecat: createIcecatClient(settings),
      languages,
      now: new Date(),
      signal,
    })),
    await meterLine(sql, target.account, icecat.fairUse),
    ...(await completenessLines(sql, name, mapping)),
    ...(await editLines(sql, name)),
  ]
}

const languagesIn = ({ neutral, languages }: IcecatMapping): string[] => [
  ...new Set([neutral.text, ...languages.flatMap(({ chain }) => chain.map(({ text }) => text))]),
]

const mostProblems = 5

async function mappingLine(
  sql: Sql,
  { connection, file, place }: IcecatTarget,
): Promise<{ mapping: IcecatMapping | null; line: CheckLine }> {
  const name = 'icecat mapping'
  if (file === null) {
    const remedy =
      'Write one: pimflow sync taxonomy, then `pimflow mapping suggest --icecat --write` with this path.'
    return { mapping: null, line: { name, status: 'failed', text: `${place} is not there`, remedy } }
  }
  const { mapping, problems: read } = readIcecatMappingFile(file)
  const isStored = (await structureCompleteAt(sql, connection.name)) !== null
  const structure = isStored ? buildStructure(await structureRecords(sql, connection.name)) : null
  const fit = mapping !== null && structure !== null ? checkMapping(mapping, structure) : []
  const problems = inFileOrder([...read, ...fit])
  const applied = await appliedIcecatMapping(sql, connection.name)
  if (problems.length === 0) {
    if (mapping !== null && applied !== null && isOlder(mapping, applied))
      return {
        mapping,
        line: {
          name,
          status: 'warning',
          text: olderVersionText(file.name, mapping.version, applied.version),
          remedy: `Bring the newer file here; or, if this one is meant, raise version above ${applied.version} in it, then \`pimflow mapping apply --icecat\`.`,
        },
      }
    if (isSameVersion(mapping, applied))
      return {
        mapping,
        line: {
          name,
          status: 'warning',
          text: sameVersionText(file.name, applied.version),
          remedy: `Raise version in ${file.name}, then \`pimflow mapping apply --icecat\`, or restart the workers: all products are judged again.`,
        },
      }
    const text =
      structure === null
        ? `${file.name} is well-formed; whether it fits is seen once the structure is read: pimflow sync taxonomy`
        : `${file.name} fits the catalogue`
    return { mapping, line: { name, status: 'ok', text } }
  }
  const more = problems.length - mostProblems
  const texts = problems.slice(0, mostProblems).map((problem) => problemText(file.name, problem))
  const isBroken = problems.some(({ severity }) => severity === 'error')
  return {
    mapping,
    line: {
      name,
      status: isBroken ? 'failed' : 'warning',
      text: `${texts.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
      remedy: `Mend these lines; pimflow mapping coverage --icecat shows them all.${isBroken ? meanwhile(mapping, applied) : ''}`,
    },
  }
}

/** Whether a newer one was applied after it. */
const isOlder = (mapping: IcecatMapping, applied: IcecatMapping): boolean => mapping.version < applied.version

/** Whether it was changed since it was applied, and its version was not. */
const isSameVersion = (
  mapping: IcecatMapping | null,
  applied: IcecatMapping | null,
): applied is IcecatMapping =>
  mapping !== null && applied?.version === mapping.version && mappingHash(applied) !== mappingHash(mapping)

/** What runs do by then. */
function meanwhile(mapping: IcecatMapping | null, applied: IcecatMapping | null): string {
  if (mapping === null || applied === null) return ''
  if (isOlder(mapping, applied))
    return ` No run goes by this file: version ${applied.version} was applied (mapping-older).`
  if (mappingHash(applied) === mappingHash(mapping))
    return ' It was applied when it fitted: runs leave out what these lines say, and go on with all else (mapping-left-out).'
  const code = isSameVersion(mapping, applied) ? 'mapping-version' : 'mapping-not-taken'
  return ` Until then runs go on by version ${applied.version}, which was applied (${code}).`
}

async function meterLine(
  sql: Sql,
  account: string,
  { sheetsPerMonth: limit, slowAt, stopAt }: NonNullable<ConnectionConfig['icecat']>['fairUse'],
): Promise<CheckLine> {
  const name = 'icecat fair use'
  const now = new Date()
  const fetched = await fetchedThisMonth(sql, account, monthOf(now))
  const text = `${fetched} of ${limit} sheets of one language fetched this month`
  const verdict = judgeFairUse(fetched, 1, now, { limit, slowAt, stopAt })
  if (verdict.kind === 'go') return { name, status: 'ok', text }
  return {
    name,
    status: 'warning',
    text: `${text}: sheets are ${verdict.kind === 'slow' ? 'fetched more slowly' : 'not fetched any more'}`,
    remedy:
      'Narrow products in the mapping, or agree on more with Icecat and raise icecat.fairUse.sheetsPerMonth.',
  }
}

/** Where the filter goes by completeness: whether products were read with it. A product without it is never chosen. */
async function completenessLines(
  sql: Sql,
  connection: string,
  mapping: IcecatMapping | null,
): Promise<CheckLine[]> {
  if (mapping === null || mapping.products.complete === null) return []
  const name = 'icecat completeness'
  const { products, without } = await completenessRead(sql, connection)
  if (products === 0) return []
  if (without === 0)
    return [
      { name, status: 'ok', text: 'stored products have the completeness that products.complete asks for' },
    ]
  return [
    {
      name,
      status: 'warning',
      text: `${without} of ${products} stored products looked at were read without completeness, which products.complete asks for: they are not chosen`,
      remedy:
        'Restart the workers with this mapping, then read the products again: pimflow sync products --full.',
    },
  ]
}

/** What Akeneo (Enterprise) says of each product to this user; nothing where it says nothing. */
async function editLines(sql: Sql, connection: string): Promise<CheckLine[]> {
  const name = 'icecat write rights'
  const { chosen, told, readOnly, example } = await editability(sql, connection)
  if (chosen === 0) return []
  if (readOnly > 0) {
    return [
      {
        name,
        status: 'failed',
        text: `${readOnly} of ${chosen} enriched products may only be looked at by this user, such as ${example ?? ''}`,
        remedy:
          'Give its user group the right to edit their categories in Akeneo, or leave them out of products in the mapping.',
      },
    ]
  }
  const text =
    told === 0
      ? `Akeneo names no right for single products; pimflow check --write-tests shows whether writes arrive`
      : `this user may edit all ${told} enriched products; whether directly or as drafts shows pimflow check --write-tests`
  return [{ name, status: 'ok', text }]
}
