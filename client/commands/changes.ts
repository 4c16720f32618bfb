import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Sql } from '../../connectors/hub/database.ts'
import { changesAfter, codeOf, lastSeq } from '../../connectors/hub/records.ts'
import type { FeedEntry } from '../../contracts/hub.ts'
import { UsageError } from '../support/errors.ts'
import { feedNumber } from '../support/feed-number.ts'
import { withHub } from '../support/hub.ts'
import { outputsOf } from '../../connectors/hub/sights.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import type { Terminal } from '../support/terminal.ts'
import { addVerb, type Answer, answering, type Session } from '../support/verb.ts'

interface ChangesFlags {
  since?: bigint
  output?: string
  follow?: boolean
}

/** Without --since: so many of the newest. */
const newest = 20n
const batch = 500
/** Between two looks at the feed; unit ms. */
const lookEveryMs = 1000

export function registerChanges(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'changes',
    summary: `the feed: what changed in the hub, in order (default: the newest ${newest})`,
    examples: ['pimflow changes', 'pimflow changes --since 0 --json', 'pimflow changes --follow'],
  })
    .option('--since <seq>', 'entries after this one; 0: from the beginning', feedNumber)
    .option('--output <name>', 'output whose feed it is (default: the only one)')
    .option('--follow', 'wait for further ones until Ctrl-C; with --json one line for each')
    .action(
      answering<ChangesFlags>(session, async ({ terminal, options, args: _ }) => {
        const config = await readConfig(options, terminal)
        const { name } = chosenConnection(config, options)
        return withHub(config, async (sql) => {
          const output = await chosenOutput(sql, name, options.output)
          if (output === null) return { value: [], text: `Nothing of ${name} is in the hub yet` }
          const last = await lastSeq(sql, name, output)
          const since = options.since ?? (last > newest ? last - newest : 0n)
          const feed = { sql, connection: name, output }
          if (options.follow === true) return followFeed(feed, since, terminal, options.json === true)
          const entries = []
          for await (const entry of entriesAfter(feed, since, last)) {
            if (options.json === true) entries.push(entry)
            else terminal.out(entryText(entry))
          }
          return { value: entries, text: '' }
        })
      }),
    )
}

async function chosenOutput(sql: Sql, connection: string, named: string | undefined): Promise<string | null> {
  const outputs = await outputsOf(sql, connection)
  const known = outputs.map(({ output }) => output).join(', ') || 'none'
  if (named !== undefined) {
    if (outputs.some(({ output }) => output === named)) return named
    throw new UsageError(`${connection} has no output ${named}; these have a feed: ${known}`)
  }
  if (outputs.length > 1) throw new UsageError(`Name an output with --output; these have a feed: ${known}`)
  return outputs[0]?.output ?? null
}

interface Feed {
  sql: Sql
  connection: string
  output: string
}

/** A batch at a time, up to `last`: what is published meanwhile is for the next call. */
async function* entriesAfter({ sql, connection, output }: Feed, since: bigint, last: bigint) {
  for (let after = since; after < last;) {
    const entries = await changesAfter(sql, connection, output, after, batch)
    if (entries.length === 0) return
    for (const entry of entries) if (BigInt(entry.seq) <= last) yield entry
    after = BigInt(entries.at(-1)?.seq ?? last)
  }
}

async function followFeed(feed: Feed, since: bigint, terminal: Terminal, json: boolean): Promise<Answer> {
  return terminal.interruptible(async (signal) => {
    let after = since
    while (!signal.aborted) {
      const last = await lastSeq(feed.sql, feed.connection, feed.output)
      for await (const entry of entriesAfter(feed, after, last)) {
        terminal.out(json ? JSON.stringify(entry) : entryText(entry))
      }
      after = last > after ? last : after
      // Ctrl-C is how following ends: no error.
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined)
    }
    return { value: undefined, text: '' }
  })
}

/** `  120  2026-11-20T08:15:30.000Z  updated   product   NL-DL7-W  v3  name, prices`. */
export function entryText({ seq: number, at, change, kind, record, version, fields }: FeedEntry): string {
  const code = codeOf(record) ?? record.id
  const line = [
    String(number).padStart(6),
    at,
    change.padEnd(8),
    kind.padEnd(9),
    code,
    `v${version}`,
    change === 'created' ? '' : fields.join(', '),
  ]
  return line.join('  ').trimEnd()
}
