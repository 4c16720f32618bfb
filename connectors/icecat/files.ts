/** What the batch door has, as data. A name is what a caller asks for; the path is below the account's repository. */
export const indexKinds = ['files', 'daily', 'on_market', 'nobody'] as const
export type IndexKind = (typeof indexKinds)[number]

/** Indexes are made at night; the daily one has the last 24 hours, removals included. */
export const indexPath = (kind: IndexKind, language: string): string => `${language}/${kind}.index.xml.gz`

export interface ReferenceFile {
  path: string
  /** Element that one record is. */
  element: string
}

/** https://iceclog.com/manual-for-reference-files */
export const referenceFiles = {
  categories: { path: 'refs/CategoriesList.xml.gz', element: 'Category' },
  features: { path: 'refs/FeaturesList.xml.gz', element: 'Feature' },
  featureGroups: { path: 'refs/FeatureGroupsList.xml.gz', element: 'FeatureGroup' },
  measures: { path: 'refs/MeasuresList.xml.gz', element: 'Measure' },
  languages: { path: 'refs/LanguageList.xml.gz', element: 'Language' },
  suppliers: { path: 'refs/SuppliersList.xml.gz', element: 'Supplier' },
  supplierAliases: { path: 'refs/supplier_mapping.xml.gz', element: 'SupplierMapping' },
  vocabulary: { path: 'refs/FeatureValuesVocabularyList.xml.gz', element: 'FeatureValuesVocabulary' },
  // 8 GB unpacked: the last, where all are read.
  categoryFeatures: { path: 'refs/CategoryFeaturesList.xml.gz', element: 'Category' },
} as const satisfies Record<string, ReferenceFile>
export type ReferenceName = keyof typeof referenceFiles

/** Full accounts read everything, Open ones the sponsors' part. */
export const repositoryOf = (subscription: 'open' | 'full'): string =>
  subscription === 'full' ? 'export/level4' : 'export/freexml'
