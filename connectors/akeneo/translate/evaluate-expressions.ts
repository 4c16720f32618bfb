import type { AkeneoProduct } from '../schema.ts'
import type { GroupExpressions, GroupInput } from './group.ts'
import { ownedBy } from './group.ts'
import type { OutputSettings } from './output.ts'
import { variantPlan } from './plan.ts'
import { startReading } from './reading.ts'
import { modelView, productView, type RecordView } from './record-view.ts'
import type { ExpressionResults } from './rules/expression.ts'
import type { Structure } from './structure.ts'

/** Whether records of this output need `evaluateExpressions` before they are translated. */
export const hasExpressions = ({ rules }: OutputSettings): boolean => rules.expressions.length > 0

/** Runs the output's expressions for one product; null at once where it has none, so that everything else stays synchronous. */
export async function evaluateExpressions(
  source: AkeneoProduct,
  structure: Structure,
  output: OutputSettings,
): Promise<ExpressionResults | null> {
  if (!hasExpressions(output)) return null
  // Findings of this reading are those of the translation that follows, which makes them again.
  const reading = startReading(structure, output)
  const family = source.family == null ? undefined : structure.families.get(source.family)
  return evaluate(productView(source, family, reading, null))
}

/** The same for a group: its model and its sub-models, by code. */
export async function evaluateGroupExpressions(
  { root, subModels }: GroupInput,
  structure: Structure,
  output: OutputSettings,
): Promise<GroupExpressions | null> {
  if (!hasExpressions(output)) return null
  const lowest = output.rules.document.groupAt === 'lowest'
  const found = new Map<string, ExpressionResults>()
  for (const model of [root, ...subModels]) {
    const familyVariant = structure.familyVariants.get(model.family_variant)
    const plan = familyVariant && variantPlan(familyVariant)
    const family = model.family == null ? undefined : structure.families.get(model.family)
    const reading = startReading(structure, output)
    found.set(
      model.code,
      await evaluate(modelView(model, ownedBy(model, plan, lowest), family, reading, null)),
    )
  }
  return found
}

async function evaluate(view: RecordView): Promise<ExpressionResults> {
  const { output } = view.reading
  const results = new Map<string, Map<string, Awaited<ReturnType<Run>>>>()
  for (const { rule, holds, expression, byLocale } of output.rules.expressions) {
    const byLocaleResults = new Map<string, Awaited<ReturnType<Run>>>()
    let shared: Awaited<ReturnType<Run>> | undefined
    for (const locale of output.locales) {
      if (!expression || !holds(view, locale)) continue
      const result = !byLocale && shared !== undefined ? shared : await expression.run(view, locale)
      shared = result
      byLocaleResults.set(locale, result)
    }
    results.set(rule.target, byLocaleResults)
  }
  return results
}

type Run = NonNullable<OutputSettings['rules']['expressions'][number]['expression']>['run']
