import { type CoveredAttribute, percent as filledPart } from '../../connectors/akeneo/translate/index.ts'
import type { RecordDiff } from '../../domain/mapping/record-diff.ts'
import { proposed } from '../../domain/proposals.ts'
import { counted } from '../support/format.ts'
import { heldReasons } from '../support/mapping-approvals.ts'
import type { HubMappingSight } from '../support/hub-mapping-sight.ts'
import { percent, short, stateMeaning } from '../support/mapping-texts.ts'
import { markup, type Markup } from './markup.ts'
import type { MappingControls } from './mapping-controls.ts'
import { beyond, filledNote, type MappingLimits, problemList, ruleCell, versioned } from './mapping-pieces.ts'
import { chip, command, part, tableOf, type Tone } from './parts.ts'

/** The mapping of an output: what it would change, what it could also say, where each attribute goes. */
export function hubMappingParts(
  sight: HubMappingSight,
  limits: MappingLimits,
  controls: MappingControls | null,
): Markup[] {
  const { connection, output, file, applied, coverage } = sight
  const options = `--connection ${connection}${output === '' ? '' : ` --output ${output}`}`
  const made = applied === null ? 'nothing yet' : versioned(applied)
  return [
    markup`<p>${file === null ? 'There is no file; the defaults count.' : markup`The file is <b>${versioned(file)}</b>.`} Records are made by ${made}.</p>`,
    ...problemList(coverage.problems, file?.name ?? 'defaults'),
    ...part('What the file would change', changed(sight, options, controls)),
    ...part('What it could also say', suggestions(sight, limits, options, controls)),
    ...part('Akeneo’s attributes, and where they go', attributes(sight, limits, options, controls)),
    ...part('The hub’s fields, and what fills them', [
      tableOf(
        'Fields of products and groups, in the words of the file',
        [
          { head: 'Hub field', cell: ({ field }) => field },
          {
            head: 'Rule',
            cell: ({ rule }) => ruleCell(rule),
          },
        ],
        sight.fields,
      ),
    ]),
    ...(coverage.records === null ? [] : [filledNote(coverage.records, sight.stored)]),
  ]
}

function changed(
  { connection, file, applied, isChanged, change }: HubMappingSight,
  options: string,
  controls: MappingControls | null,
): Markup[] {
  if (file === null)
    return [
      markup`<p>To have a file: ${command(`pimflow mapping suggest ${options} --write mapping/first.hub.yaml`)}, then name it in the configuration.</p>`,
    ]
  if (!isChanged) return [markup`<p>${chip('good', 'Nothing')} The file is what records are made by.</p>`]
  const isBehind = applied?.version != null && file.version <= applied.version
  const buttons = controls
    ? markup`<p>${isBehind && controls.raise((applied.version ?? 0) + 1)} ${controls.compare} ${change?.state !== 'held' && controls.apply}</p>`
    : markup`<p>${command(`pimflow mapping diff ${options}`)} ${command(`pimflow mapping apply ${options}`)}</p>`
  return [
    ...(isBehind
      ? [
          markup`<p>${chip('wait', 'version')} Workers take a file for newer by its version, and this one’s is not above what is applied.</p>`,
        ]
      : []),
    ...(change?.diff
      ? diffParts(change.diff, change.guard)
      : [
          markup`<p>${chip('wait', 'changed')} ${change === null ? 'The file says something else than what is applied; it was not compared yet.' : `It is m${change.id}, and not compared to its end yet.`}</p>`,
        ]),
    ...(change?.state === 'held'
      ? [
          markup`<p>${chip('wait', 'held')} It waits for a person’s word (m${change.id}): ${heldReasons(change).join('; ')}. ${controls?.decide(`m${change.id}`) ?? command(proposed(`pimflow approvals approve m${change.id}`, { connection }))}</p>`,
        ]
      : []),
    buttons,
  ]
}

function diffParts(diff: RecordDiff, guard: number | null): Markup[] {
  const { compared, changed: records, share, fields, examples } = diff
  const limit = guard === null ? '' : `; ${percent(guard)} may without a person’s word`
  const rows = examples.flatMap(({ kind, name, changes }) =>
    changes.map((change, index) => ({ ...change, of: index === 0 ? `${kind} ${name}` : '' })),
  )
  return [
    markup`<p>${records} of ${counted(compared, 'record')} would change: ${percent(share)}${limit}.</p>`,
    ...(records === 0
      ? []
      : [
          tableOf(
            'Records that would change, by field',
            [
              { head: 'Field', cell: ({ field }) => field },
              { head: 'Records', figure: true, cell: ({ records: own }) => own },
            ],
            fields,
          ),
          tableOf(
            'Such as',
            [
              { head: 'Record', cell: ({ of }) => of },
              { head: 'Field', cell: ({ field }) => field },
              { head: 'Now', cell: ({ before }) => short(before) },
              { head: 'Then', cell: ({ after }) => short(after) },
            ],
            rows,
          ),
        ]),
  ]
}

function suggestions(
  { suggestions: all, coverage, labels, file }: HubMappingSight,
  limits: MappingLimits,
  options: string,
  controls: MappingControls | null,
): Markup[] {
  if (all.length === 0) return [markup`<p>It uses everything that names and types make likely.</p>`]
  const shown = all.slice(0, limits.suggestions)
  const open = new Set(coverage.attributes.flatMap(({ code, state }) => (state === 'unmapped' ? [code] : [])))
  return [
    tableOf(
      'Lines that names and types make likely; what is accepted is written into the file and applied later',
      [
        {
          head: 'Akeneo',
          cell: ({ attribute }) => (attribute === null ? 'association type' : named(attribute, labels)),
        },
        { head: 'Filled', figure: true, cell: ({ filled }) => filled },
        { head: 'Hub', cell: ({ path }) => path },
        { head: 'Line', cell: ({ yaml }) => markup`<code>${yaml}</code>` },
        { head: 'Why', cell: ({ reason }) => reason },
        ...(controls === null || file === null
          ? []
          : [
              {
                head: 'Decide',
                cell: ({ id, path, attribute }: (typeof shown)[number]) =>
                  markup`${controls.accept(id, attribute === null ? path : `${path} from ${attribute}`)}${attribute !== null && open.has(attribute) && controls.ignore(attribute, 'Leave out')}`,
              },
            ]),
      ],
      shown,
    ),
    ...beyond(all.length - shown.length, 'suggestion', `pimflow mapping suggest ${options}`),
  ]
}

const named = (code: string, labels: ReadonlyMap<string, string>): Markup => {
  const label = labels.get(code)
  return markup`${code}${label !== undefined && markup`<br /><small>${label}</small>`}`
}

const tones: Record<CoveredAttribute['state'], Tone> = {
  unmapped: 'wait',
  ignored: 'plain',
  mapped: 'good',
  through: 'good',
}
const order = Object.keys(tones) as CoveredAttribute['state'][]

function attributes(
  { coverage: { attributes: all, totals, records }, labels, suggestions: proposals, file }: HubMappingSight,
  limits: MappingLimits,
  options: string,
  controls: MappingControls | null,
): Markup[] {
  const sorted = all.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  const shown = sorted.slice(0, limits.attributes)
  // Those have their button above.
  const above = new Set(proposals.slice(0, limits.suggestions).map(({ attribute }) => attribute))
  return [
    markup`<p>${order.map((state) => markup`${chip(tones[state], `${totals[state]} ${state}`)} ${stateMeaning[state]}. `)}</p>`,
    tableOf(
      'Attributes of Akeneo, those that nobody has decided on first, then the fullest',
      [
        { head: 'Akeneo', cell: ({ code }) => named(code, labels) },
        { head: 'Type', cell: ({ type }) => type },
        {
          head: 'Filled',
          figure: true,
          cell: ({ filled }) => (records === null || filled === null ? null : filledPart(filled, records)),
        },
        { head: 'State', cell: ({ state }) => chip(tones[state], state) },
        {
          head: 'Hub',
          cell: ({ code, state, targets }) =>
            markup`${state === 'through' ? `attributes.${code}` : targets.join(', ')}${
              state === 'unmapped' && !above.has(code) && file !== null && controls?.ignore(code, 'Leave out')
            }`,
        },
      ],
      shown,
    ),
    ...beyond(all.length - shown.length, 'attribute', `pimflow mapping coverage ${options}`),
  ]
}
