export { initializeCategories, initializeCategoryBranch } from './initialize-categories.ts'
export { pollProducts } from './poll-products.ts'
export { syncRecord } from './sync-record.ts'
