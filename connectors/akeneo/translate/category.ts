import type { AkeneoCategory } from '../schema.ts'
import { categoryMedia } from './category-media.ts'
import { sourceOf } from './envelope.ts'
import { labelsIn } from './labels.ts'
import { Findings } from './problem.ts'
import type { OutputSettings } from './output.ts'
import { conclude, type Translation } from './translation.ts'

/** A node of a tree. Its place comes from whoever knows the whole tree: Akeneo's record names only the parent. */
export function translateCategory(
  source: AkeneoCategory,
  place: { path: string[]; position: number },
  output: OutputSettings,
): Translation {
  const findings = new Findings()
  const media = categoryMedia(source, output, findings)
  return conclude(
    {
      kind: 'category',
      status: 'active',
      source: sourceOf(source, output),
      code: source.code,
      // As the parent writes its own code, where a child may write it in another letter case.
      parent: place.path.at(-1) ?? source.parent,
      path: [...place.path],
      position: place.position,
      labels: labelsIn(source.labels, output),
      ...(media.length > 0 ? { media } : {}),
    },
    findings,
  )
}
