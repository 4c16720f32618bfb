import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { mappingValues, readMappingSights } from '../report/mapping-report.ts'
import { readMorning } from '../report/morning.ts'
import { morningPage, morningSummary } from '../report/page.ts'
import { readTemporal } from '../support/connection-status.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { withHub } from '../support/hub.ts'
import { mappingDesk } from '../support/mapping-desk.ts'
import { chosenConnections, configPath, readConfig } from '../support/project.ts'
import { temporalPlace } from '../support/temporal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

interface ReportFlags {
  since?: Since
  out?: string
  open?: boolean
  mappings?: boolean
}

/** So long before now, or from an instant on. */
type Since = { ms: number } | { at: Date }

const usualFile = 'pimflow-report.html'
const usualSince: Since = { ms: 24 * 3_600_000 }

export function registerReport(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'report',
    summary: 'the morning page: one HTML file of what happened, how it stands, and what to do',
    examples: [
      'pimflow report --open',
      'pimflow report --since 7d --out public/index.html',
      'pimflow report --mappings',
      'pimflow report --json',
    ],
  })
    .option(
      '--since <when>',
      'how far back: 24h (the default), 7d, or an instant such as 2026-11-20T06:00Z',
      sinceOf,
    )
    .option('--out <file>', `where to write the page (default: ${usualFile})`)
    .option('--open', 'show it in the browser')
    .option(
      '--mappings',
      'also each mapping: suggestions, coverage, what its file would change; how full attributes are, of a large hub by a sample',
    )
    .action(
      answering<ReportFlags>(session, async ({ terminal, options }) => {
        const config = await readConfig(options, terminal)
        const connections = chosenConnections(config, options)
        const place = await temporalPlace(config, terminal)
        const at = new Date()
        const { since: asked = usualSince } = options
        const since = 'at' in asked ? asked.at : new Date(at.getTime() - asked.ms)
        if (since >= at) throw new UsageError('--since must name an instant that has passed')
        const temporal = await readTemporal(place, connections)
        const { morning, mappings } = await withHub(config, async (sql) => ({
          morning: await readMorning(sql, connections, { place, temporal, at, since }),
          mappings:
            options.mappings === true
              ? await readMappingSights(
                  mappingDesk(sql, place, config, configPath(options, terminal), connections),
                )
              : null,
        }))
        // A program wants the facts; it gets the page too when it says where.
        const wanted = options.json !== true || options.out !== undefined || options.open === true
        const file = wanted ? resolve(options.out ?? usualFile) : null
        if (file !== null) {
          await mkdir(dirname(file), { recursive: true })
          await writeFile(file, morningPage(morning, mappings ?? []))
          if (options.open === true) openInBrowser(file, (sentence) => terminal.err(sentence))
        }
        return {
          value: { ...morning, ...(mappings === null ? {} : { mappings: mappingValues(mappings) }), file },
          text: `${morningSummary(morning)}\n${file ?? ''}`,
          exitCode: temporal.problem === null ? exitCodes.done : exitCodes.unreachable,
        }
      }),
    )
}

const sizes: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

function sinceOf(text: string): Since {
  const [, count = '', unit = ''] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? []
  const size = sizes[unit]
  if (size !== undefined) return { ms: Number(count) * size }
  const at = new Date(text)
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(at.getTime())) return { at }
  throw new InvalidArgumentError('Expected is 90m, 24h, 7d, or an instant such as 2026-11-20T06:00Z.')
}

const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
}

/** With what the desktop has for it; where it has nothing, the path has been printed. */
function openInBrowser(file: string, say: (sentence: string) => void): void {
  const [program, ...words] = openers[process.platform] ?? ['xdg-open']
  const opener = spawn(program, [...words, file], { stdio: 'ignore', detached: true })
  opener.on('error', () => say(`There is no ${program} to show it with: open the file in a browser`))
  opener.unref()
}
