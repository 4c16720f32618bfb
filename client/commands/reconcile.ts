import type { Command } from 'commander'
import { workflowStartLine } from '../support/print.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { startReconcile } from '../support/starts.ts'
import { temporalPlace, withTemporal } from '../support/temporal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'
import { reportWork, startWork } from '../support/work.ts'

interface ReconcileOptions {
  content?: boolean
  detach?: boolean
  print?: boolean
}

export function registerReconcile(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'reconcile',
    summary:
      'compare everything that Akeneo has with the hub: what left leaves, what is doubtful waits for you',
    examples: ['pimflow reconcile', 'pimflow reconcile --content --detach'],
  })
    .option('--content', 'read everything again first, not only what there is')
    .option('--detach', 'start it and do not wait for its end')
    .option('--print', 'print the line for the `temporal` program instead of starting anything')
    .action(
      answering<ReconcileOptions>(session, async ({ terminal, options }) => {
        const config = await readConfig(options, terminal)
        const { name } = chosenConnection(config, options)
        const start = startReconcile(name, { content: options.content === true })
        const place = await temporalPlace(config, terminal)
        if (options.print === true) {
          const line = workflowStartLine(start, place)
          return { value: [line], text: line }
        }
        return withTemporal(place, async (client) =>
          reportWork(client, place, await startWork(client, place, start), terminal, options),
        )
      }),
    )
}
