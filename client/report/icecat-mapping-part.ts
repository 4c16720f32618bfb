import { percent as filledPart } from '../../connectors/akeneo/translate/index.ts'
import type { CategorySight } from '../support/icecat-coverage.ts'
import type { IcecatMappingSight } from '../support/icecat-mapping-sight.ts'
import { needText, wholePercent } from '../support/icecat-mapping-texts.ts'
import { markup, type Markup } from './markup.ts'
import type { MappingControls } from './mapping-controls.ts'
import { beyond, filledNote, type MappingLimits, problemList, ruleCell, versioned } from './mapping-pieces.ts'
import { chip, command, note, part, tableOf } from './parts.ts'

/** Icecat’s categories that a page names. */
const shownCategories = 20

/** The mapping from Icecat: what it would change, what it could also say, which attributes it feeds and which features it leaves. */
export function icecatMappingParts(
  sight: IcecatMappingSight,
  limits: MappingLimits,
  controls: MappingControls | null,
): Markup[] {
  const { connection, file, applied, warnings, records } = sight
  const options = `--icecat --connection ${connection}`
  return [
    markup`<p>The file is <b>${versioned(file)}</b>. Products are judged by ${applied === null ? 'nothing yet' : `version ${applied}`}.</p>`,
    ...problemList(warnings, file.name),
    ...part('What the file would change', changed(sight, limits, options, controls)),
    ...part('What it could also say', suggestions(sight, limits, options, controls)),
    ...part('Akeneo’s attributes, and what of Icecat feeds them', attributes(sight, limits, options)),
    ...part('Icecat’s features, by category', categories(sight, options)),
    ...part('Features that nobody has decided on', unmapped(sight, limits, options, controls)),
    ...part('Ignored on purpose', ignored(sight, limits)),
    filledNote(records, sight.stored),
  ]
}

function changed(
  { file, applied, isChanged, diff }: IcecatMappingSight,
  limits: MappingLimits,
  options: string,
  controls: MappingControls | null,
): Markup[] {
  if (!isChanged) return [markup`<p>${chip('good', 'Nothing')} The file is what products are judged by.</p>`]
  const isBehind = applied !== null && file.version <= applied
  return [
    ...(diff === null
      ? [markup`<p>${chip('wait', 'new')} No mapping is applied yet.</p>`]
      : [
          ...(diff.sections.length > 0 ? [markup`<p>Changed: ${diff.sections.join(', ')}.</p>`] : []),
          ...(diff.rules.length === 0
            ? []
            : [
                tableOf(
                  'Rules that the file says otherwise than what products are judged by',
                  [
                    { head: 'Target', cell: ({ target }) => target },
                    { head: 'Now', cell: ({ before }) => ruleCell(before) },
                    { head: 'Then', cell: ({ after }) => ruleCell(after) },
                  ],
                  diff.rules.slice(0, limits.suggestions),
                ),
                ...beyond(
                  diff.rules.length - limits.suggestions,
                  'rule',
                  `pimflow mapping diff ${options} --sample 0`,
                ),
              ]),
        ]),
    ...(isBehind
      ? [markup`<p>${chip('wait', 'version')} It is applied only with a version above ${applied}.</p>`]
      : []),
    controls === null
      ? markup`<p>${command(`pimflow mapping diff ${options}`)} ${command(`pimflow mapping apply ${options}`)}</p>`
      : markup`<p>${isBehind ? controls.raise(applied + 1) : controls.apply}</p>`,
    note(
      markup`Both mappings are tried on sheets of Icecat’s by ${command(`pimflow mapping diff ${options}`)}; nothing is written into Akeneo before the next enrichment.`,
    ),
  ]
}

function suggestions(
  { suggestions: all }: IcecatMappingSight,
  limits: MappingLimits,
  options: string,
  controls: MappingControls | null,
): Markup[] {
  if (all.length === 0)
    return [markup`<p>It uses everything that names, types, units and options make likely.</p>`]
  const shown = all.slice(0, limits.suggestions)
  return [
    tableOf(
      'What fits by name, type, unit and options, the surest first; what is accepted is written into the file and applied later',
      [
        { head: 'Akeneo', cell: ({ section, attribute }) => `${section}.${attribute}` },
        { head: 'Icecat', cell: ({ rule }) => markup`<code>${rule}</code>` },
        { head: 'Score', figure: true, cell: ({ score }) => wholePercent(score) },
        { head: 'Why', cell: ({ reasons }) => reasons.join('; ') },
        ...(controls === null
          ? []
          : [
              {
                head: 'Decide',
                cell: ({ id, attribute, address }: (typeof shown)[number]) =>
                  markup`${controls.accept(id, `${attribute} from ${address}`)}${controls.ignore(address, 'Ignore')}`,
              },
            ]),
      ],
      shown,
    ),
    ...beyond(all.length - shown.length, 'suggestion', `pimflow mapping suggest ${options}`),
  ]
}

function attributes(
  { attributes: all, records }: IcecatMappingSight,
  limits: MappingLimits,
  options: string,
): Markup[] {
  const shown = all.slice(0, limits.attributes)
  const fed = all.filter(({ rule }) => rule !== null).length
  return [
    markup`<p>${chip('good', `${fed} fed`)} ${chip('plain', `${all.length - fed} not fed`)} of those that enriched families have.</p>`,
    tableOf(
      'Attributes of Akeneo beside what feeds them, those that nothing feeds first, then the fullest',
      [
        {
          head: 'Akeneo',
          cell: ({ code, label }) =>
            markup`${code}${label !== null && markup`<br /><small>${label}</small>`}`,
        },
        { head: 'Type', cell: ({ type }) => type },
        {
          head: 'Filled',
          figure: true,
          cell: ({ filled }) => (records === 0 ? null : filledPart(filled, records)),
        },
        {
          head: 'Rule',
          cell: ({ rule }) => ruleCell(rule),
        },
        { head: 'Called by Icecat', cell: ({ features }) => features.join(', ') },
      ],
      shown,
    ),
    ...beyond(all.length - shown.length, 'attribute', `pimflow mapping coverage ${options}`),
  ]
}

function categories({ categories: all }: IcecatMappingSight, options: string): Markup[] {
  if (all.length === 0) return []
  const shown = all.slice(0, shownCategories)
  const locales = all[0]?.byLocale.map(({ locale }) => locale) ?? []
  return [
    tableOf(
      'Mandatory and searchable features that are mapped, and behind + those ignored on purpose',
      [
        { head: 'Category', cell: ({ name, categoryId }) => `${name} (${categoryId})` },
        { head: 'Products', figure: true, cell: ({ products }) => products },
        { head: 'Mandatory', figure: true, cell: ({ mandatory }) => needText(mandatory) },
        { head: 'Searchable', figure: true, cell: ({ searchable }) => needText(searchable) },
        { head: 'Decided', figure: true, cell: ({ complete }) => wholePercent(complete) },
        ...locales.map((locale, place) => ({
          head: locale,
          figure: true,
          cell: ({ byLocale }: CategorySight) => wholePercent(byLocale[place]?.complete ?? 0),
        })),
      ],
      shown,
    ),
    ...beyond(all.length - shown.length, 'category', `pimflow mapping coverage ${options}`, 'categories'),
  ]
}

function unmapped(
  { categories: all }: IcecatMappingSight,
  limits: MappingLimits,
  options: string,
  controls: MappingControls | null,
): Markup[] {
  const found = new Map<string, { id: string; name: string; in: string[] }>()
  for (const { name: category, unmapped: features } of all) {
    for (const { id, name } of features) {
      const feature = found.get(id) ?? { id, name, in: [] }
      feature.in.push(category)
      found.set(id, feature)
    }
  }
  const rows = [...found.values()].toSorted(
    (a, b) => b.in.length - a.in.length || Number(a.id) - Number(b.id),
  )
  if (rows.length === 0) return []
  const shown = rows.slice(0, limits.suggestions)
  return [
    tableOf(
      'Features that a category of your products asks for, and the file neither maps nor ignores',
      [
        { head: 'Icecat', cell: ({ name, id }) => markup`${name}<br /><small>feature/${id}</small>` },
        {
          head: 'Asked for in',
          cell: ({ in: names }) =>
            `${names.slice(0, 3).join(', ')}${names.length > 3 ? `, and ${names.length - 3} more` : ''}`,
        },
        ...(controls === null
          ? []
          : [
              {
                head: 'Decide',
                cell: ({ id }: (typeof rows)[number]) => controls.ignore(`feature/${id}`, 'Ignore'),
              },
            ]),
      ],
      shown,
    ),
    ...beyond(rows.length - shown.length, 'feature', `pimflow mapping coverage ${options}`),
  ]
}

function ignored({ ignored: all }: IcecatMappingSight, limits: MappingLimits): Markup[] {
  if (all.length === 0) return []
  return [
    tableOf(
      'What the file leaves out, with its reason',
      [
        { head: 'Icecat', cell: ({ address, name }) => (name === null ? address : `${name} (${address})`) },
        { head: 'Why', cell: ({ reason }) => reason },
      ],
      all.slice(0, limits.attributes),
    ),
  ]
}
