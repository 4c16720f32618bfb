/**
 * What Akeneo answers with, each resource once. Unknown fields are kept: Akeneo adds some every month. The documentation of
 * each stands at its schema; where it and the answers differ, a comment says so.
 */
export * from './schema/products.ts'
export * from './schema/record-families.ts'
export * from './schema/structure.ts'
