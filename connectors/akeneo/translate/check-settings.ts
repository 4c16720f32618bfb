import type { HubMapping, Word } from '../../../domain/mapping/document.ts'
import { didYouMean } from '../../../domain/mapping/nearest.ts'
import type { MappingProblem } from '../../../domain/mapping/problem.ts'
import { foldCase } from '../../../domain/text.ts'
import type { Structure } from './structure.ts'

/** What a mapping names besides its rules: channel, locales, currencies, attributes let through, association types. */
export function checkSettings(mapping: HubMapping, structure: Structure, problems: MappingProblem[]): void {
  const error = (path: string, line: number, message: string) =>
    problems.push({ severity: 'error', line, path, message })
  const { channels } = structure
  const channel = channels.find(({ code }) => foldCase(code) === foldCase(mapping.channel.text))
  if (!channel) {
    const codes = channels.map(({ code }) => code)
    error(
      'channel',
      mapping.channel.line,
      `channel "${mapping.channel.text}" is not in Akeneo.${didYouMean(mapping.channel.text, codes)} There are: ${codes.join(', ')}`,
    )
  } else {
    const places: [string, Word][] = [
      ...(mapping.locales ?? []).flatMap(({ locale, fallbacks }): [string, Word][] => [
        ['locales', locale],
        ...fallbacks.map((fallback): [string, Word] => ['locales', fallback]),
      ]),
      ...(mapping.publish.complete?.locales ?? []).map((word): [string, Word] => [
        'publish.complete.locales',
        word,
      ]),
    ]
    for (const [path, { text, line }] of places) {
      if (channel.locales.includes(text)) continue
      const known = channel.locales
      error(
        path,
        line,
        `locale "${text}" is not in channel ${channel.code}, which has ${known.join(', ')}.${didYouMean(text, known)}`,
      )
    }
    for (const { text, line } of mapping.currencies ?? []) {
      if (channel.currencies.includes(text)) continue
      error(
        'currencies',
        line,
        `currency "${text}" is not in channel ${channel.code}, which has ${channel.currencies.join(', ')}`,
      )
    }
  }
  checkAttributes(mapping, structure, error)
  checkOnce(mapping, structure, error)
  checkAssociations(mapping, structure, error)
}

type Error = (path: string, line: number, message: string) => void

function checkAttributes({ attributes }: HubMapping, structure: Structure, error: Error): void {
  const codes = [...structure.attributes.values()].map(({ code }) => code)
  const { include, except } = attributes
  const lists = [
    ['attributes.include', typeof include === 'string' ? [] : include],
    ['attributes.except', except],
  ] as const
  for (const [path, words] of lists) {
    for (const { text, line } of words) {
      if (structure.attributes.has(text)) continue
      error(path, line, `attribute "${text}" is not in Akeneo.${didYouMean(text, codes)}`)
    }
  }
}

/** Of two lines that say the same thing nobody can tell which counts. Akeneo's codes ignore case. */
function checkOnce({ attributes, related, kits, inventory }: HubMapping, structure: Structure, error: Error) {
  const lists = [
    attributes.named.map(({ code, rule: { line } }) => ({
      path: `attributes.${code}`,
      line,
      name: structure.attributes.get(code)?.code ?? code,
    })),
    ...Object.entries({ related: related === 'all' ? [] : related, kits }).map(([section, lines]) =>
      lines.map(({ association, line }) => ({
        path: `${section}.${association}`,
        line,
        name: foldCase(association),
      })),
    ),
    inventory.levels.map(({ location, unit, line }, index) => ({
      path: `inventory.levels[${index}]`,
      line,
      name: `${unit.text} in ${location}`,
    })),
  ]
  for (const list of lists) {
    const first = new Map<string, { path: string; line: number }>()
    for (const { path, line, name } of list) {
      const before = first.get(name)
      if (before) error(path, line, `is ${before.path} of line ${before.line} once more`)
      else first.set(name, { path, line })
    }
  }
}

function checkAssociations(mapping: HubMapping, { associationTypes }: Structure, error: Error): void {
  const codes = [...associationTypes.values()].map(({ code }) => code)
  const unknown = (code: string) => `association type "${code}" is not in Akeneo.${didYouMean(code, codes)}`
  for (const { association, line } of mapping.related === 'all' ? [] : mapping.related) {
    const path = `related.${association}`
    const type = associationTypes.get(association)
    if (!type) error(path, line, unknown(association))
    else if (type.is_quantified) {
      error(path, line, `${type.code} has quantities: it says what is in a set, so it belongs under kits`)
    }
  }
  for (const { association, quantity, line } of mapping.kits) {
    const path = `kits.${association}`
    const type = associationTypes.get(association)
    if (!type) error(path, line, unknown(association))
    else if (quantity && type.is_quantified) {
      error(
        `${path}.quantity`,
        quantity.line,
        `${type.code} says the quantity of each component itself: leave it out`,
      )
    } else if (!quantity && !type.is_quantified) {
      error(path, line, `${type.code} has no quantities of its own: give quantity`)
    }
  }
}
