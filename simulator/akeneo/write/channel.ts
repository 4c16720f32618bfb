import type { Channel } from '../catalog/records.ts'
import { validationFailed, type Violation } from '../errors.ts'
import { phpString, sameJson, type Json } from '../json.ts'
import { unknownProperty, validEntityCodeExpected } from '../messages.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { unitViolations, withConversionUnits } from './conversion-units.ts'
import type { Outcome } from './outcome.ts'
import { scalar } from './payload.ts'
import type { WritableResource, WriteInput } from './structure-routes.ts'
import {
  BLANK,
  codeViolations,
  identityViolations,
  labelViolations,
  mergeLabels,
  readCode,
  scalarMap,
} from './structure-rules.ts'

export function channelResource(pim: Pim): WritableResource<Channel, undefined> {
  return {
    template: `${API}/channels`,
    route: 'pim_api_channel',
    acl: 'pim_api_channel_edit',
    documentation: { post: 'post_channels', patch: 'patch_channels__code_' },
    context: () => undefined,
    path: (code) => `${API}/channels/${code}`,
    find: (code) => pim.catalog.channels.get(code),
    write: (input) => writeChannel(pim, input),
  }
}

function writeChannel(
  pim: Pim,
  { existing, code: urlCode, body, refuse }: WriteInput<Channel, undefined>,
): Outcome {
  const { catalog } = pim
  const code = readCode({ code: existing?.code ?? urlCode, body }, refuse)
  let channel: Channel = existing ?? {
    code,
    currencies: [],
    locales: [],
    category_tree: '',
    conversion_units: {},
    labels: {},
  }
  const known = (field: string, noun: string, given: Json, stored: string | undefined): string => {
    if (stored !== undefined) return stored
    throw refuse(validEntityCodeExpected(field, 'code', `The ${noun} does not exist`, given))
  }
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'code':
        break
      case 'category_tree': {
        const given = scalar(field, value, refuse)
        channel = {
          ...channel,
          category_tree: known(field, 'category', given, catalog.categories.get(phpString(given))?.code),
        }
        break
      }
      case 'locales':
        channel = {
          ...channel,
          locales: Object.values(scalarMap(field, value, refuse)).map((given) =>
            known(field, 'locale', given, catalog.locales.get(phpString(given))),
          ),
        }
        break
      case 'currencies':
        channel = {
          ...channel,
          currencies: Object.values(scalarMap(field, value, refuse)).map((given) =>
            known(field, 'currency', given, catalog.currencies.get(phpString(given))?.code),
          ),
        }
        break
      case 'conversion_units':
        channel = withConversionUnits(pim, channel, value, refuse)
        break
      case 'labels':
        channel = { ...channel, labels: mergeLabels(channel.labels, value, catalog, refuse) }
        break
      default:
        throw refuse(unknownProperty(field))
    }
  }
  const violations: Violation[] = [
    ...identityViolations(existing, code, (taken) => catalog.channels.has(taken)),
    ...codeViolations(
      code,
      'Channel code may contain only letters, numbers and underscores and should contain at least one letter',
      100,
      /^[a-zA-Z0-9_]*[a-zA-Z]+[a-zA-Z0-9_]*$/,
    ),
    ...treeViolations(pim, channel),
    ...collectionViolations(pim, channel),
    ...labelViolations(channel.labels, catalog),
    ...unitViolations(pim, channel),
  ]
  if (violations.length > 0) throw validationFailed(violations)

  const saved = { ...channel, code }
  if (existing !== undefined && sameJson(existing, saved)) return 'unchanged'
  catalog.channels.set(code, saved)
  if (existing === undefined) requireIdentifier(pim, code)
  return existing === undefined ? 'created' : 'updated'
}

function treeViolations({ catalog }: Pim, channel: Channel): Violation[] {
  const property = 'category_tree'
  if (channel.category_tree === '') return [{ property, message: BLANK }]
  if (catalog.categories.get(channel.category_tree)?.parent === null) return []
  return [{ property, message: `The category "${channel.category_tree}" has to be a root category.` }]
}

function collectionViolations({ catalog }: Pim, channel: Channel): Violation[] {
  const empty = 'This collection should contain 1 element or more.'
  return [
    ...(channel.currencies.length === 0 ? [{ property: 'currencies', message: empty }] : []),
    ...channel.currencies.flatMap((code, index) => {
      if (catalog.currencies.get(code)?.enabled === true) return []
      const message = `The currency "${code}" has to be activated.`
      return [{ property: 'currencies', path: `currencies[${index}]`, message }]
    }),
    ...(channel.locales.length === 0 ? [{ property: 'locales', message: empty }] : []),
  ]
}

/** With a new channel every family requires its identifier there. */
function requireIdentifier({ catalog }: Pim, channel: string): void {
  const identifier = catalog.mainIdentifier().code
  for (const family of [...catalog.families.values()]) {
    const requirements = { ...family.attribute_requirements, [channel]: [identifier] }
    catalog.families.set(family.code, { ...family, attribute_requirements: requirements })
  }
}
