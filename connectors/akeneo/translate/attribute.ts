import type { HubAttribute } from '../../../contracts/hub.ts'
import type { AkeneoAttribute } from '../schema.ts'
import { sourceOf } from './envelope.ts'
import { hubTypeOf } from './kinds.ts'
import { labelsIn } from './labels.ts'
import { Findings } from './problem.ts'
import type { OutputSettings } from './output.ts'
import type { Structure } from './structure.ts'
import { conclude, type Translation } from './translation.ts'

/** A dictionary entry: labels and options once, so that a new label does not rewrite products. */
export function translateAttribute(
  source: AkeneoAttribute,
  structure: Structure,
  output: OutputSettings,
): Translation {
  const type = hubTypeOf(source.type)
  return conclude(
    {
      kind: 'attribute',
      status: 'active',
      source: sourceOf({ code: source.code }, output),
      code: source.code,
      type,
      labels: labelsIn(source.labels, output),
      ...(type === 'option' || type === 'options'
        ? { options: optionsOf(source.code, structure, output) }
        : {}),
      ...(source.metric_family ? { unitFamily: source.metric_family } : {}),
    },
    new Findings(),
  )
}

/** In Akeneo's order. Counted anew from 1: two options may share a sort order, and gaps mean nothing. */
function optionsOf(
  attribute: string,
  structure: Structure,
  output: OutputSettings,
): NonNullable<HubAttribute['options']> {
  return (structure.options.get(attribute) ?? []).map(({ code, labels }, index) => ({
    code,
    labels: labelsIn(labels, output),
    position: index + 1,
  }))
}
