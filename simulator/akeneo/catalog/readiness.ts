import type { Catalog } from './catalog.ts'
import { checkOf } from './fill-counts.ts'
import { isMainIdentifier, satisfies, type FillCheck } from './filled.ts'
import type { Product, ProductModel, Value } from './records.ts'

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

export type ReadValues = (attribute: string) => readonly Value[]

/** The scores of one record after another; what the configurations ask for is found out once. */
export function readinessReader(
  catalog: Catalog,
): (record: Product | ProductModel, values: ReadValues) => ReadinessScore[] {
  const plans = [...catalog.readiness.values()].flatMap((configuration) => plansOf(catalog, configuration))
  return (record, values) =>
    plans.flatMap(({ configuration: { code, families }, scope, locale, checks }) => {
      if (families?.includes(record.family ?? '') === false || checks.length === 0) return []
      const filled = checks.filter((check) =>
        isMainIdentifier(check)
          ? record.kind === 'product' && record.identifier !== null
          : satisfies(check, values(check.attribute.code)),
      )
      return [{ code, scope, locale, data: Math.floor((100 * filled.length) / checks.length) }]
    })
}

interface Plan {
  configuration: ReadinessConfiguration
  scope: string
  locale: string
  checks: readonly FillCheck[]
}

function plansOf(catalog: Catalog, configuration: ReadinessConfiguration): Plan[] {
  const attributes = configuration.attributes.flatMap((code) => catalog.attributes.get(code) ?? [])
  return catalog.channels.sorted().flatMap((channel) => {
    if (configuration.channels?.includes(channel.code) === false) return []
    return channel.locales
      .filter((locale) => configuration.locales?.includes(locale) !== false)
      .map((locale) => ({
        configuration,
        scope: channel.code,
        locale,
        checks: attributes.map((attribute) => checkOf(attribute, channel, locale)),
      }))
  })
}
