import { addressed, proposed } from '../../domain/proposals.ts'
import { icecatPreviewRows, sheetText } from '../support/icecat-mapping-texts.ts'
import type { MappingKey, MappingPreview, MappingSight } from '../support/mapping-desk.ts'
import { previewRows, previewStatus } from '../support/mapping-texts.ts'
import { hubMappingParts } from './hub-mapping-part.ts'
import { icecatMappingParts } from './icecat-mapping-part.ts'
import type { MappingControls } from './mapping-controls.ts'
import type { MappingLimits } from './mapping-pieces.ts'
import { mappingOf, mappingTitle } from './mapping-name.ts'
import { markup, type Markup } from './markup.ts'
import { command, section, tableOf } from './parts.ts'

/** One mapping as a section of a page; without controls the commands say how. */
export function mappingSection(
  name: MappingKey,
  sight: MappingSight,
  limits: MappingLimits,
  controls: MappingControls | null,
): Markup {
  return section(
    `mapping-${name.connection}-${mappingOf(name).replace('/', '-')}`,
    mappingTitle(name),
    ...(controls === null ? [] : [controls.top]),
    ...(sight.kind === 'hub'
      ? hubMappingParts(sight, limits, controls)
      : icecatMappingParts(sight, limits, controls)),
  )
}

/** One product or model by the file as it is now. */
export function mappingPreview(
  preview: MappingPreview | null,
  key: MappingKey,
  controls: MappingControls,
): Markup {
  return section(
    'preview',
    'On a product',
    controls.preview,
    ...(preview === null ? [] : productParts(preview, key)),
  )
}

function productParts(shown: MappingPreview, { connection, output }: MappingKey): Markup[] {
  const about = { connection, output: output ?? '' }
  const { id } = shown
  if (shown.preview === null)
    return [
      markup`<p role="status">${id} is no stored product or product model; to ask Akeneo for it: ${command(proposed(`pimflow sync ${id}`, about))}</p>`,
    ]
  return shown.kind === 'hub'
    ? [
        said(id, previewStatus(shown.preview)),
        ...sideBySide(id, ['Akeneo', 'Hub field', 'Hub'], previewRows(shown.preview)),
        ...shown.preview.warnings.map(
          ({ field, text, remedy }) =>
            markup`<p>${field !== null && `${field}: `}${text}. ${addressed(remedy, about)}</p>`,
        ),
      ]
    : [
        said(id, sheetText(shown.preview)),
        ...sideBySide(
          id,
          ['Attribute', 'Icecat', 'Becomes', 'Akeneo', 'Then'],
          icecatPreviewRows(shown.preview),
        ),
      ]
}

const said = (id: string, text: string): Markup => markup`<p role="status"><b>${id}</b>: ${text}</p>`

const sideBySide = (id: string, heads: string[], rows: string[][]): Markup[] =>
  rows.length === 0
    ? []
    : [
        tableOf(
          `${id}, side by side`,
          heads.map((head, place) => ({ head, cell: (row: string[]) => row[place] ?? '' })),
          rows,
        ),
      ]
