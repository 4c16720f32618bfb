import type { Command } from 'commander'
import { UsageError } from '../support/errors.ts'
import { workflowStartLine } from '../support/print.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import {
  startCategories,
  startFullLoad,
  startMedia,
  startPoll,
  startRecord,
  startTaxonomy,
  type WorkflowStart,
} from '../support/starts.ts'
import { temporalPlace, type TemporalPlace, withTemporal } from '../support/temporal.ts'
import { addVerb, type Answer, answering, type Session } from '../support/verb.ts'
import { runWorks } from '../support/work.ts'

interface SyncOptions {
  full?: boolean
  detach?: boolean
  print?: boolean
}

export function registerSync(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'sync',
    summary: 'carry categories, changed products, their files, or the products and models that you name',
    examples: [
      'pimflow sync categories',
      'pimflow sync products',
      'pimflow sync products --full --detach',
      'pimflow sync media',
      'pimflow sync taxonomy',
      'pimflow sync NL-DL7-W jacket_tarn',
    ],
  })
    .argument('<what...>', 'categories, products, media, taxonomy, or SKUs, uuids and codes of models')
    .option('--full', 'with products: everything instead of what changed')
    .option('--detach', 'start it and do not wait for its end')
    .option('--print', 'print the line for the `temporal` program instead of starting anything')
    .action(
      answering<SyncOptions>(session, async ({ terminal, options, args }) => {
        const config = await readConfig(options, terminal)
        const { name } = chosenConnection(config, options)
        const starts = startsOf(name, args, options)
        const place = await temporalPlace(config, terminal)
        if (options.print === true) return printed(starts, place)
        return withTemporal(place, (client) => runWorks(client, place, starts, terminal, options))
      }),
    )
}

const keywords = ['categories', 'products', 'media', 'taxonomy']

/** Told apart by the word: no product should be called as one of these; one that is has a uuid. */
export function startsOf(connection: string, what: string[], { full = false }: SyncOptions): WorkflowStart[] {
  const [first, ...others] = what
  const keyword = what.find((word) => keywords.includes(word))
  if (keyword !== undefined && others.length > 0) {
    throw new UsageError(`\`sync ${keyword}\` takes no further names: give ids in a call of their own`)
  }
  if (full && first !== 'products') throw new UsageError('--full goes with `sync products` only')
  if (first === 'categories') return [startCategories(connection)]
  if (first === 'media') return [startMedia(connection)]
  if (first === 'taxonomy') return [startTaxonomy(connection)]
  if (first === 'products') return [full ? startFullLoad(connection) : startPoll(connection)]
  return [...new Set(what)].map((id) => startRecord(connection, id))
}

function printed(starts: WorkflowStart[], place: TemporalPlace): Answer {
  const lines = starts.map((start) => workflowStartLine(start, place))
  return { value: lines, text: lines.join('\n') }
}
