import type { Catalog } from './catalog.ts'
import { checkOf } from './fill-counts.ts'
import { FillChecks } from './filled.ts'
import type { Product, ProductModel } from './records.ts'

/** What the cloud asks of products before they are ready for a use: a list of attributes, per channel and locale. */
export interface ReadinessConfiguration {
  code: string
  attributes: readonly string[]
  /** Default: all. */
  families?: readonly string[]
  channels?: readonly string[]
  locales?: readonly string[]
}

export interface ReadinessScore {
  code: string
  scope: string
  locale: string
  /** Per cent, rounded down. */
  data: number
}

export interface ReadinessScope {
  code?: string
  scope?: string
  locales?: readonly string[] | undefined
}

/** The scores of one record after another; what the configurations ask for is found out once. */
export function readinessReader(
  catalog: Catalog,
  only: ReadinessScope,
): (record: Product | ProductModel, ancestors: readonly ProductModel[]) => ReadinessScore[] {
  const plans = [...catalog.readiness.values()]
    .filter(({ code }) => (only.code ?? code) === code)
    .flatMap((configuration) => plansOf(catalog, configuration, only))
  return (record, ancestors) =>
    plans.flatMap(({ configuration: { code, families }, scope, locale, checks }) => {
      if (families?.includes(record.family ?? '') === false) return []
      checks.ask(record, ancestors)
      let filled = 0
      for (const flag of checks.filled) filled += flag
      return [{ code, scope, locale, data: Math.floor((100 * filled) / checks.filled.length) }]
    })
}

interface Plan {
  configuration: ReadinessConfiguration
  scope: string
  locale: string
  checks: FillChecks
}

function plansOf(catalog: Catalog, configuration: ReadinessConfiguration, only: ReadinessScope): Plan[] {
  const attributes = configuration.attributes.flatMap((code) => catalog.attributes.get(code) ?? [])
  // Where nothing is asked for there is no score.
  if (attributes.length === 0) return []
  return catalog.channels.sorted().flatMap((channel) => {
    if (configuration.channels?.includes(channel.code) === false) return []
    if ((only.scope ?? channel.code) !== channel.code) return []
    return channel.locales
      .filter((locale) => configuration.locales?.includes(locale) !== false)
      .filter((locale) => only.locales?.includes(locale) !== false)
      .map((locale) => ({
        configuration,
        scope: channel.code,
        locale,
        checks: new FillChecks(attributes.map((attribute) => checkOf(attribute, channel, locale))),
      }))
  })
}
