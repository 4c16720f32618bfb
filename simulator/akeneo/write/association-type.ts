import type { AssociationType } from '../catalog/records.ts'
import { validationFailed, type Violation } from '../errors.ts'
import { sameJson, type Json } from '../json.ts'
import { booleanExpected, unknownProperty } from '../messages.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import type { Outcome } from './outcome.ts'
import type { WritableResource, WriteInput } from './structure-routes.ts'
import {
  codeViolations,
  identityViolations,
  IMMUTABLE,
  labelViolations,
  mergeLabels,
  readCode,
} from './structure-rules.ts'

export function associationTypeResource(pim: Pim): WritableResource<AssociationType, undefined> {
  return {
    template: `${API}/association-types`,
    route: 'pim_api_association_type',
    acl: 'pim_api_association_type_edit',
    documentation: { post: 'post_association_types', patch: 'patch_association_types__code_' },
    context: () => undefined,
    path: (code) => `${API}/association-types/${code}`,
    find: (code) => pim.catalog.associationTypes.get(code),
    write: (input) => writeType(pim, input),
  }
}

function writeType(
  { catalog }: Pim,
  { existing, code: urlCode, body, refuse }: WriteInput<AssociationType, undefined>,
): Outcome {
  const code = readCode({ code: existing?.code ?? urlCode, body }, refuse)
  let labels = existing?.labels ?? {}
  const flags: Record<'is_two_way' | 'is_quantified', boolean | null> = {
    is_two_way: existing?.is_two_way ?? false,
    is_quantified: existing?.is_quantified ?? false,
  }
  for (const [field, value] of Object.entries(body)) {
    if (field === 'labels') labels = mergeLabels(labels, value, catalog, refuse)
    else if (field === 'is_two_way' || field === 'is_quantified') {
      if (value !== null && typeof value !== 'boolean') throw refuse(booleanExpected(field, value))
      flags[field] = value
    } else if (field !== 'code') throw refuse(unknownProperty(field))
  }
  const violations: Violation[] = [
    ...identityViolations(existing, code, (taken) => catalog.associationTypes.has(taken)),
    ...(['is_two_way', 'is_quantified'] as const).flatMap((flag) =>
      existing !== undefined && existing[flag] !== flags[flag]
        ? [{ property: flag, message: IMMUTABLE }]
        : [],
    ),
    ...(flags.is_two_way === true && flags.is_quantified === true
      ? [{ property: '', message: 'Association type can be either quantified or two-way' }]
      : []),
    ...codeViolations(code, 'Association type code may contain only letters, numbers and underscores'),
    ...labelViolations(labels, catalog),
    ...(['is_two_way', 'is_quantified'] as const).flatMap((flag) => flagViolations(flag, flags[flag])),
  ]
  if (violations.length > 0) throw validationFailed(violations)
  const type: AssociationType = {
    code,
    labels,
    is_two_way: flags.is_two_way === true,
    is_quantified: flags.is_quantified === true,
  }
  if (existing !== undefined && sameJson(existing, type)) return 'unchanged'
  catalog.associationTypes.set(code, type)
  return existing === undefined ? 'created' : 'updated'
}

export function flagViolations(property: string, value: Json): Violation[] {
  if (value === null) return [{ property, message: 'This value should not be null.' }]
  return typeof value === 'boolean' ? [] : [{ property, message: 'This value should be of type bool.' }]
}
