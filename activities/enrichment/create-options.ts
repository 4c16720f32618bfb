import { cancellationSignal } from '@temporalio/activity'
import { linesPerCall } from '../../connectors/akeneo/patch.ts'
import { addCounts } from '../../connectors/hub/enrichment/counts.ts'
import {
  nextWantedOptions,
  optionsMade,
  optionsRefused,
  type WantedOption,
} from '../../connectors/hub/enrichment/options.ts'
import type { EnrichmentChunk, EnrichmentChunkDone } from '../../contracts/processes.ts'
import type { Dependencies } from '../dependencies.ts'
import { readList } from '../read-structure.ts'

/** An activity works about this long; unit ms. */
const chunkMs = 50_000

export const createOptionActivities = (deps: Dependencies) => ({
  /** Makes the options that values wait for, reads them into the hub, and has the products that waited judged again. */
  async createOptions({ connection: name, runId, live }: EnrichmentChunk): Promise<EnrichmentChunkDone> {
    const connection = deps.connection(name)
    const until = Date.now() + chunkMs
    let done = 0
    await connection.akeneo.inLane(live === true ? 'live' : 'bulk', cancellationSignal(), async (calls) => {
      for (;;) {
        const options = await nextWantedOptions(deps.sql, name, linesPerCall)
        const attribute = options[0]?.attribute
        if (attribute === undefined || Date.now() >= until) return
        const { outcomes } = await calls.patchOptions(attribute, options.map(lineOf))
        const answered = options.map(({ code }, index) => ({ code, outcome: outcomes[index] }))
        const made = answered.filter(
          ({ outcome }) => outcome?.kind === 'created' || outcome?.kind === 'updated',
        )
        const refused = answered.flatMap(({ code, outcome }) =>
          outcome?.kind === 'refused'
            ? [
                {
                  code,
                  message: [outcome.message, ...outcome.errors.map(({ message }) => message)].join(' '),
                },
              ]
            : [],
        )
        // Values are converted by the options of the hub: it has to know them first.
        if (made.length > 0)
          await readList(deps, connection, calls, { stream: 'attribute-options', parent: attribute })
        await deps.sql.begin(async (tx) => {
          await optionsRefused(tx, name, attribute, refused)
          await optionsMade(
            tx,
            name,
            attribute,
            made.map(({ code }) => code),
          )
          await addCounts(tx, BigInt(runId), { options: made.length, optionsRefused: refused.length })
        })
        done += made.length
        // An answer that was cut is asked for again, which changes nothing where it had been done.
      }
    })
    const [left] = await nextWantedOptions(deps.sql, name, 1)
    return { done, more: left !== undefined, waitMs: null }
  },
})

const lineOf = ({ code, labels }: WantedOption): string => JSON.stringify({ code, labels })
