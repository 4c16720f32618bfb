import type { RecordReading } from '../../connectors/hub/readings.ts'
import type { WaitingReason } from '../../connectors/hub/waiting.ts'
import type { Hit, RecordExplanation } from './explain-record.ts'
import { enrichmentText } from './enrichment-text.ts'
import { recordDeliveryText } from './delivery-text.ts'
import { ago, counted, table, until } from './format.ts'
import { short } from './mapping-texts.ts'

const what: Partial<Record<Hit['stream'], string>> = {
  products: 'product',
  'product-models': 'product model',
  categories: 'category',
  attributes: 'attribute',
}

export const waitsFor: Record<WaitingReason, string> = {
  group: 'its product model, which is not in the hub yet',
  variants: 'the end of the run that reads its variants',
  category: 'a category that is not in the hub yet',
  related: 'a product that it names and that is not in the hub yet',
  link: 'a link to a product that came in; the next poll writes it',
  media: 'the end of the collection that brought its files',
  structure: 'a change of its family, attributes or options to be carried; the next poll does it',
  mapping: 'a change of the mapping to be carried; the next poll does it',
  emptied: 'a value that it lost to be judged, at the end of the run that read it',
}

export function explanationText({ asked, connection, hits, load }: RecordExplanation, now: Date): string {
  if (hits.length === 0) return unknownText(asked, connection, load)
  return hits.map((hit) => hitText(hit, now)).join('\n\n')
}

function unknownText(asked: string, connection: string, load: RecordExplanation['load']): string {
  const why = {
    none: `nothing of ${connection} is loaded yet: pimflow sync categories, then pimflow sync products --full`,
    running: 'the first full load is under way and may not have come to it',
    done: `Akeneo has not shown it to this connection since it was loaded; to ask for it now: pimflow sync ${asked}`,
  }[load]
  return `${asked} is unknown: ${why}`
}

function hitText(hit: Hit, now: Date): string {
  const {
    stream,
    key,
    code,
    parent,
    id,
    left,
    records,
    readings,
    pending,
    held,
    feed,
    deliveries,
    findings,
  } = hit
  const facts = table(
    [
      ['source key', key],
      ...(parent === null ? [] : [[stream === 'categories' ? 'below' : 'model', parent]]),
      ...(id === null ? [] : [['hub id', id]]),
      ...(left?.at == null
        ? []
        : [['left', `${ago(left.at, now)}, by ${left.workflowId ?? 'a run that is forgotten'}`]]),
      ...readings.map((reading) => [verbs[reading.did], readingText(reading, now)]),
      ...records.map(({ output, source }) => [
        `made (${output})`,
        `${source.updated ? `as of ${source.updated}, ` : ''}by ${source.mapping}`,
      ]),
      ...pending.map(({ output, field, code: target, why }) => [
        `not linked (${output})`,
        `${field} ${target}: ${why}`,
      ]),
      ...held.map(({ output, plan, state, attributes }) => [
        `as it was (${output})`,
        `${attributes.join(', ')} emptied in more records than its guard lets pass${state === 'rejected' ? ', and a person said no' : ''}; to let it go: pimflow approvals approve ${plan}`,
      ]),
      ...findings.map(({ output, field, text, remedy }) => [
        `left out (${output})`,
        `${field === null ? '' : `${field}: `}${text}. ${remedy}`,
      ]),
      ...feed.map(({ output, seq, at, change, version, fields, workflowId }) => [
        `feed ${seq} (${output})`,
        `${change} v${version}, ${ago(at, now)}, by ${doneBy(workflowId)}${fields.length > 0 && change !== 'created' ? `: ${fields.join(', ')}` : ''}`,
      ]),
      ...deliveries.map((delivery) => [
        `at ${delivery.destination} (${delivery.output})`,
        recordDeliveryText(delivery, now),
      ]),
    ],
    '  ',
  )
  return [
    `${code ?? key} (${what[stream] ?? stream}): ${verdict(hit, now)}`,
    facts,
    ...valuesText(hit, now),
    ...(hit.enrichment === null ? [] : enrichmentText(hit.enrichment, now)),
  ].join('\n')
}

const verbs: Record<RecordReading['did'], string> = { stored: 'stored', read: 'read last' }

/** The page, its transfer and its run; of one read alone the feed says when it was published. */
function readingText({ page }: RecordReading, now: Date): string {
  if (page === null) return 'alone or with the structure, by no page of a run that is known'
  const { at, workflowId, transfer, page: number, slice } = page
  const by = `${ago(at, now)}, by ${workflowId}`
  if (transfer === null) return `with all trees, ${by}`
  const search = slice?.search ? `those of ${JSON.stringify(slice.search)}` : 'all of them'
  return `page ${number} of transfer ${transfer} (${search}), ${by}`
}

const doneBy = (workflowId: string | null) => workflowId ?? 'a sync of this record'

/** Field by field: the value, the rule with its line, what it read, who wrote it last. */
function valuesText({ records, values }: Hit, now: Date): string[] {
  return records.flatMap(({ output, source }) => {
    const rows = values
      .filter((value) => value.output === output)
      .map(({ target, line, reads, result, writer }) => [
        target,
        short(result),
        line === null ? 'as in Akeneo' : `${source.mapping}:${line}`,
        reads
          .flatMap(({ address, value }) => (value === null ? [] : [address]))
          .filter(isFirst)
          .join(', '),
        writer === null ? '' : `${ago(writer.at, now)}, ${doneBy(writer.workflowId)}`,
      ])
    if (rows.length === 0) return []
    return [
      `  values in ${output}`,
      table([['field', 'value', 'rule', 'read from', 'last written'], ...rows], '    '),
    ]
  })
}

const isFirst = (item: string, index: number, all: string[]) => all.indexOf(item) === index

/** The one answer: where it stands, else why it does not stand there. */
export function verdict({ stream, parent, left, records, rejection, waiting }: Hit, now: Date): string {
  const parts: string[] = records.map(({ output, version, status, reasons = [] }) => {
    const why = reasons
      .map(({ text, remedy }) => `${text}${remedy === undefined ? '' : `. ${remedy}`}`)
      .join('; ')
    return `${status} in ${output}, version ${version}${why === '' ? '' : `: ${why}`}`
  })
  if (rejection) {
    const next = rejection.nextAttempt.getTime() - now.getTime()
    parts.push(
      `rejected: ${rejection.text}. ${rejection.remedy} (${rejection.rule == null ? '' : `by the rule ${rejection.rule}; `}tried ${counted(rejection.attempts, 'time')}; again ${next <= 0 ? 'with the next poll' : until(rejection.nextAttempt, now)})`,
    )
  }
  if (waiting) parts.push(`waits since ${ago(waiting.since, now)} for ${waitsFor[waiting.reason]}`)
  if (parts.length === 0 && left !== null)
    return 'it was in no output and has left: Akeneo has it no more, or its user may not see it any more'
  if (parts.length === 0 && stream === 'product-models')
    return parent === null
      ? 'read, and no group of its own: the mapping makes groups of the models below it (variants.groupAt)'
      : `read, and a part of the group ${parent}: pimflow explain ${parent}`
  if (parts.length === 0) return 'read, and in no output: the next poll publishes it'
  return parts.join('; ')
}
