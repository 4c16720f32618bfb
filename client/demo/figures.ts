import { npmScript, toLookAround } from './again.ts'

/** What `--json` writes: the demo's figures, each taken from what was written. */
export interface DemoFigures {
  categories: number
  productModels: number
  products: number
  rejected: number
  /** Hub records that differ after the edits, by a complete reading. */
  editsExpected: number
  /** Hub records that the tick after the edits published. */
  editsWritten: number
  /** Temporal actions of a scheduled poll that finds nothing. */
  emptyPollActions: number
  /** Temporal actions of categories and first full load, the schedule's tick included. */
  actions: number
  /** Calls to Akeneo of categories and first full load, token grants included. */
  akeneoRequests: number
  seconds: number
}

export interface DemoStory {
  figures: DemoFigures
  trees: number
  edits: number
  seconds: { categories: number; load: number; edits: number }
  /** One line for each rejected record: what, why, what to do. */
  refused: string[]
  /** A SKU to try `explain` with. */
  example: string | undefined
}

/** Where a demo that was kept running can be looked at. */
export interface KeptDemo {
  webUrl: string | undefined
  configPath: string
}

/** The block of README's first screen. */
export function storyBlock(
  { figures, trees, edits, seconds, refused, example }: DemoStory,
  kept?: KeptDemo,
  script = npmScript(),
): string {
  const line = (label: string, what: string, count: string, time: string) =>
    `${label.padEnd(14)}${what.padEnd(31)}${count.padEnd(17)}${time}`.trimEnd()
  const took = (s: number) => `${s.toFixed(1)} s`
  return [
    line(
      'categories',
      'parents before children',
      `${figures.categories} in ${trees} trees`,
      took(seconds.categories),
    ),
    line(
      'products',
      'first full load',
      `${figures.products}, ${figures.rejected} refused`,
      took(seconds.load),
    ),
    ...refused.map((text) => `refused       ${text}`),
    `edits         ${edits} made in Akeneo, ${figures.editsWritten} records carried, nothing else touched   ${took(seconds.edits)}`,
    'quiet poll    nothing found, nothing written',
    `look          ${
      kept
        ? [kept.webUrl, `npx pimflow explain ${example ?? '<sku>'} --config ${kept.configPath}`]
            .filter(Boolean)
            .join(' · ')
        : toLookAround('demo', script)
    }`,
  ].join('\n')
}
