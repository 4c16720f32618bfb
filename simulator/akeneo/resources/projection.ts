import { unprocessable } from '../errors.ts'
import { isCloud, type Settings } from '../options.ts'
import type { Pim } from '../pim.ts'
import { checkLocales } from '../search/product-search.ts'
import type { Projection } from './render-product.ts'

export const flag = (query: URLSearchParams, name: string) => query.get(name) === 'true'

/** What a read of one record shows besides its values. */
export function extras(query: URLSearchParams, settings: Settings): Projection {
  const cloud = isCloud(settings)
  return {
    withAttributeOptions: flag(query, 'with_attribute_options'),
    withQualityScores: flag(query, 'with_quality_scores'),
    withCompletenesses: flag(query, 'with_completenesses'),
    withRootParent: flag(query, 'with_root_parent'),
    withWorkflowStatuses: cloud && flag(query, 'with_workflow_execution_statuses'),
    withAssetShareLinks: cloud && flag(query, 'with_asset_share_links'),
    convertMeasurements: cloud && flag(query, 'convert_measurements'),
  }
}

/** Reads what a list shows, with Akeneo's refusals. */
export function readProjection({ catalog, settings }: Pim, query: URLSearchParams): Projection {
  const projection = extras(query, settings)
  const attributes = query.get('attributes')
  if (attributes !== null) {
    const codes = attributes.split(',').map((code) => code.trim())
    const unknown = codes.filter((code) => !catalog.attributes.has(code))
    if (unknown.length > 0) {
      throw unprocessable(
        unknown.length > 1
          ? `Attributes "${unknown.join(', ')}" do not exist.`
          : `Attribute "${unknown.join(', ')}" does not exist.`,
      )
    }
    projection.attributes = new Set(codes.map((code) => catalog.attributes.get(code)?.code ?? code))
  }
  const scope = query.get('scope')
  if (projection.convertMeasurements === true && scope === null) {
    throw unprocessable(
      'The "scope" query parameter is required when "convert_measurements" is set to "true".',
    )
  }
  const channel = scope === null ? undefined : catalog.channels.get(scope)
  if (scope !== null) {
    if (channel === undefined) throw unprocessable(`Scope "${scope}" does not exist.`)
    projection.scope = channel.code
    projection.locales = new Set(channel.locales)
  }
  const locales = query.get('locales')
  if (locales !== null) {
    const codes = locales.split(',').map((code) => code.trim())
    checkLocales(codes, catalog)
    const foreign = codes.filter((code) => channel?.locales.includes(code) === false)
    if (channel !== undefined && foreign.length > 0) {
      const verb = foreign.length > 1 ? 'are' : 'is'
      const noun = foreign.length > 1 ? 'Locales' : 'Locale'
      throw unprocessable(
        `${noun} "${foreign.join(', ')}" ${verb} not activated for the scope "${channel.code}".`,
      )
    }
    projection.locales = new Set(codes)
  }
  return projection
}
