import { type Config, type ConnectionConfig, connectionOf, loadIcecatMappings } from '../../config.ts'
import type { RecordPreview } from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { fillCounts, fillSample } from '../../connectors/hub/fill-counts.ts'
import type { ProductPreview } from '../../contracts/enrichment-preview.ts'
import { editFile, markOf, StaleFileError } from './edit-file.ts'
import { type HubMappingSight, hubMappingSight } from './hub-mapping-sight.ts'
import { applyIcecatMapping } from './icecat-applying.ts'
import { type IcecatMappingSight, icecatMappingSight } from './icecat-mapping-sight.ts'
import { fitted, icecatTarget } from './icecat-target.ts'
import { GoneError, hubChange, icecatChange, type MappingEdit } from './mapping-decisions.ts'
import { refuseNewErrors } from './mapping-edits.ts'
import { proposeTarget } from './mapping-proposal.ts'
import { asPublished, compiled, mappingTarget, storedStructure } from './mapping-target.ts'
import { previewNamed } from './preview-named.ts'
import { shared } from './shared.ts'
import { startMapping } from './starts.ts'
import { type TemporalPlace, withTemporal, workflowUrl } from './temporal.ts'
import { isFree, startWork } from './work.ts'

/** One mapping that the configuration names; no output stands for the one from Icecat. */
export interface MappingKey {
  connection: string
  output: string | null
}

export type MappingSight = HubMappingSight | IcecatMappingSight

export type MappingPreview = { id: string } & (
  { kind: 'hub'; preview: RecordPreview | null } | { kind: 'icecat'; preview: ProductPreview | null }
)

export interface MappingNotice {
  text: string
  url: string | null
}

/** Everything that a page may ask of mappings, by the functions of the verbs `pimflow mapping …`. */
export interface MappingDesk {
  keys: readonly MappingKey[]
  sight(key: MappingKey): Promise<MappingSight>
  preview(key: MappingKey, id: string): Promise<MappingPreview>
  /** Changes the file, if it still says what it said when `mark` was made. Answers what was done. */
  edit(key: MappingKey, mark: string, edit: MappingEdit): Promise<MappingNotice>
  /** Whether a run that compares the file may apply it too. */
  compare(key: MappingKey, options: { apply: boolean }): Promise<MappingNotice>
}

/** The outputs of a connection and what feeds it; one without outputs has one, by the defaults. */
export const mappingKeys = (connections: readonly ConnectionConfig[]): MappingKey[] =>
  connections.flatMap(({ name: connection, outputs = [], icecat }) => [
    ...(outputs.length === 0 ? [''] : outputs.map(({ name }) => name)).map((output) => ({
      connection,
      output,
    })),
    ...(icecat === undefined ? [] : [{ connection, output: null }]),
  ])

/** Values are counted over thousands of stored documents, and change slowly. */
const countsForMs = 600_000

/** Sheets of one product, in all languages. */
const previewTimeoutMs = 60_000

export function mappingDesk(
  sql: Sql,
  place: TemporalPlace,
  config: Config,
  configPath: string,
  connections: readonly ConnectionConfig[],
): MappingDesk {
  const count = (name: string) => fillCounts(sql, name, { most: fillSample })
  const counts = new Map(connections.map(({ name }) => [name, shared(() => count(name), countsForMs)]))
  const countsOf = (name: string) => counts.get(name)?.() ?? count(name)
  const hub = ({ connection, output }: { connection: string; output: string }) =>
    mappingTarget(configPath, connectionOf(config, connection), output === '' ? undefined : output)
  const icecat = (connection: string) => icecatTarget(configPath, connectionOf(config, connection))

  return { keys: mappingKeys(connections), sight, preview, edit, compare }

  async function sight({ connection, output }: MappingKey): Promise<MappingSight> {
    return output === null
      ? icecatMappingSight(sql, await icecat(connection), await countsOf(connection))
      : hubMappingSight(sql, await hub({ connection, output }), await countsOf(connection))
  }

  async function preview({ connection, output }: MappingKey, id: string): Promise<MappingPreview> {
    const structure = await storedStructure(sql, connection)
    if (output !== null) {
      const target = await hub({ connection, output })
      const settings = compiled(await asPublished(sql, target), structure)
      const [made] = await previewNamed(sql, connection, id, structure, settings)
      return { id, kind: 'hub', preview: made?.preview ?? null }
    }
    fitted(await icecat(connection), structure)
    const { previewProductsOf } = await import('../../workers/preview-enrichment.ts')
    const mappings = await loadIcecatMappings(config, configPath)
    const wiring = { sql, config, mappings, name: connection }
    const [made = null] = await previewProductsOf(wiring, [id], AbortSignal.timeout(previewTimeoutMs))
    return { id, kind: 'icecat', preview: made }
  }

  async function edit(
    { connection, output }: MappingKey,
    mark: string,
    wanted: MappingEdit,
  ): Promise<MappingNotice> {
    const target = output === null ? await icecat(connection) : await hub({ connection, output })
    const { file } = target
    const path = 'place' in target ? target.place : target.path
    if (file === null || path === null) throw new GoneError('There is no mapping file to change')
    if (markOf(file.text) !== mark)
      throw new StaleFileError(`${file.name} has changed since this page was made`)
    const counted = await countsOf(connection)
    const { make, errorsIn, done } =
      'place' in target
        ? await icecatChange(sql, target, file, counted, wanted)
        : await hubChange(sql, target, file, counted, wanted)
    await editFile(path, mark, (text) => {
      const edited = make(text)
      refuseNewErrors(errorsIn(text), errorsIn(edited))
      return edited
    })
    return { text: `${done} Nothing is applied by that.`, url: null }
  }

  async function compare(
    { connection, output }: MappingKey,
    { apply }: { apply: boolean },
  ): Promise<MappingNotice> {
    if (output === null) {
      const fit = fitted(await icecat(connection), await storedStructure(sql, connection))
      const { changed, due } = await applyIcecatMapping(sql, connection, fit)
      return {
        text: changed
          ? `${fit.file.name}, version ${fit.mapping.version}, is what products are judged by from now on; ${due} wait for the next enrichment.`
          : `${fit.file.name} is what products are judged by already.`,
        url: null,
      }
    }
    const target = await hub({ connection, output })
    // Temporal first: a proposal that nothing can carry out is better not made.
    return withTemporal(place, async (client) => {
      const change = await proposeTarget(sql, target)
      if (change === null) return { text: 'The file is what records are made by already.', url: null }
      const start = startMapping(connection, change.toString(), apply ? {} : { compareOnly: true })
      if (apply && !(await isFree(client, start.workflowId))) {
        const url = workflowUrl(place, start.workflowId)
        return { text: `m${change} is still being compared: apply it when that is shown.`, url }
      }
      const { webUrl } = await startWork(client, place, start)
      return {
        text: `m${change} is compared with all stored records${apply ? ', and applied unless that would change too many' : ''}: look again in a moment.`,
        url: webUrl,
      }
    })
  }
}
