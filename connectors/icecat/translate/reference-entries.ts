import type { ReferenceName } from '../files.ts'
import type { References } from './references.ts'

/** How each record of a reference file is kept: by what it is found, and what of it matters to who maps. */
export const referenceEntry: {
  readonly [Name in ReferenceName]: (record: References[Name]) => { key: string; body: unknown }
} = {
  categories: ({ id, ...body }) => ({ key: id, body }),
  // Names stand in the list of features; here they would be there again for each of thousands of categories.
  categoryFeatures: ({ categoryId, features }) => ({
    key: categoryId,
    body: { features: features.map(({ id, mandatory, searchable }) => ({ id, mandatory, searchable })) },
  }),
  features: ({ id, ...body }) => ({ key: id, body }),
  featureGroups: ({ id, ...body }) => ({ key: id, body }),
  measures: ({ id, ...body }) => ({ key: id, body }),
  languages: ({ shortCode, ...body }) => ({ key: shortCode, body }),
  suppliers: ({ id, ...body }) => ({ key: id, body }),
  supplierAliases: ({ id, name, aliases }) => ({ key: id === '' ? name : id, body: { name, aliases } }),
  vocabulary: ({ word, texts }) => ({ key: word, body: { texts } }),
}
