import type { EnrichedRecord, SharedGtin, WrittenPlace } from '../../connectors/hub/enrichment/sights.ts'
import { identifierText } from '../../domain/enrichment/identifier.ts'
import { ago, table, until } from './format.ts'
import { short } from './mapping-texts.ts'

/** How a product stands with Icecat, and where each value that enrichment wrote is from. */
export function enrichmentText(record: EnrichedRecord, now: Date): string[] {
  const { findings, values, lines } = record
  return [
    `  from Icecat: ${standing(record)}`,
    table(factRows(record, now), '    '),
    ...(lines.length === 0
      ? []
      : [
          table(
            lines.map(({ stream, key, state, message }) => [
              whose(stream, key),
              state === 'parked' ? `refused whole: ${message ?? ''}` : 'a line is to be sent',
            ]),
            '    ',
          ),
        ]),
    ...(values.length === 0
      ? []
      : [
          table(
            values.map((value) => valueRow(value, now)),
            '    ',
          ),
        ]),
    ...(findings.length === 0
      ? []
      : [
          table(
            findings.map(({ stream, key, place, kind, message }) => [
              placeText(place),
              whose(stream, key),
              kind,
              message,
            ]),
            '    ',
          ),
        ]),
  ].filter((line) => line !== '')
}

function standing({ outcome, message, icecatId, matchedBy }: EnrichedRecord): string {
  if (outcome === null) return 'not asked yet'
  const sheet = icecatId === null ? '' : `, sheet ${icecatId}${matchedBy === null ? '' : ` by ${matchedBy}`}`
  return `${outcome}${sheet}${message === null ? '' : `: ${message}`}`
}

function factRows(
  { identifiers, problems, sharedGtins, leftOut, fetchedAt, due, dueAt, request }: EnrichedRecord,
  now: Date,
): string[][] {
  return [
    [
      'asked by',
      identifiers.length === 0
        ? 'nothing that Icecat could be asked by'
        : identifiers.map(identifierText).join(', '),
    ],
    ...problems.map(({ message }) => ['not asked by', message]),
    ...sharedGtins.map((shared) => ['shared GTIN', sharedGtinText(shared)]),
    ...leftOut.map((text) => ['left out', text]),
    ...(fetchedAt === null ? [] : [['sheet fetched', ago(fetchedAt, now)]]),
    ...(due === null || dueAt === null
      ? []
      : [['to look at', `${due}, ${dueAt <= now ? 'with the next run' : until(dueAt, now)}`]]),
    ...(request === null
      ? []
      : [['request', `${request.state}, asked ${ago(request.askedAt, now)}: ${request.note}`]]),
  ]
}

function valueRow(
  {
    stream,
    key,
    attribute,
    locale,
    scope,
    sent,
    echoed,
    isUnread,
    isReleased,
    icecatId,
    source,
    licence,
    sentAt,
  }: WrittenPlace,
  now: Date,
): string[] {
  const shown = isUnread ? 'not read back yet' : sameText(sent, echoed) ? '' : `Akeneo shows ${short(echoed)}`
  return [
    [attribute, locale, scope].filter((part) => part !== null).join(' '),
    whose(stream, key),
    short(sent),
    [
      ...(source === null
        ? []
        : [`${source} of sheet ${icecatId ?? '?'}${licence === null ? '' : ` (${licence} content)`}`]),
      ...(sentAt === null ? [] : [`written ${ago(sentAt, now)}`]),
      ...(shown === '' ? [] : [shown]),
      ...(isReleased ? ['given back to enrichment'] : []),
    ].join(', '),
  ]
}

/** `08806091153821 of 2 products: TV-1, TV-2` */
export const sharedGtinText = ({ gtin, count, products }: SharedGtin): string =>
  `${gtin} of ${count} products: ${products.join(', ')}${count > products.length ? ', …' : ''}`

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const placeText = (place: string): string => place.trim().replaceAll(/ +/g, ' ')

const whose = (stream: string, key: string): string => (stream === 'products' ? '' : `on model ${key}`)
