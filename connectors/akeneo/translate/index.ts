/**
 * Akeneo's records in the hub's words. Pure: the same documents give the same records, on every machine and at any time.
 * Nothing here throws for what Akeneo may hold; a record that cannot be carried is a value with its reason.
 */
export { translateAttribute } from './attribute.ts'
export { axisValuesOf } from './axes.ts'
export { translateCategory } from './category.ts'
export { compileOutput } from './compile-output.ts'
export { carriesValue, coverage, type CoveredAttribute, type MappingCoverage } from './coverage.ts'
export { defaultMapping, type FillCounts, percent } from './default-mapping.ts'
export { defaultOutput } from './default-output.ts'
export { evaluateExpressions, evaluateGroupExpressions, hasExpressions } from './evaluate-expressions.ts'
export { translateGroup, type GroupExpressions, type GroupInput } from './group.ts'
export { kitPartners } from './kit-partners.ts'
export { references, type Links } from './links.ts'
export { type OutputSettings } from './output.ts'
export { outputByFile } from './output-by-file.ts'
export { type Gap, type Problem, type RuleName } from './problem.ts'
export { previewGroup, previewRecord, type PreviewRow, type RecordPreview } from './preview.ts'
export {
  groupModel,
  headReasons,
  isJudgedByItsHead,
  productReasons,
  translateProduct,
  type VariantModels,
} from './product.ts'
export { type FindRecord, linkedBy, recordKey, type RecordName, recordNames } from './records.ts'
export { mainIdentifierOf } from './plan.ts'
export { labelledAttributes } from './rules/all-rules.ts'
export { buildStructure, type Structure } from './structure.ts'
export { suggestAdditions, type MappingSuggestion } from './suggest.ts'
export { type Translation } from './translation.ts'
