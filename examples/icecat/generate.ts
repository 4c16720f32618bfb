/*
 * Writes taxonomy.json and products.json beside it: an invented Icecat, whose lamps and jackets are those of
 * examples/catalog. The same files come out every time; change what stands in invented/, run
 * `npx tsx examples/icecat/generate.ts && npx prettier --write examples/icecat`, commit all of it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { products } from './invented/products.ts'
import { brands, categories, features, groups, measures, vocabulary } from './invented/taxonomy.ts'

const write = (name: string, value: unknown) =>
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(value, null, 2)}\n`)
write('taxonomy.json', { categories, brands, measures, groups, features, vocabulary })
write('products.json', products)
