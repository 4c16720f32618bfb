import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How many features an invented sheet has. */
export const features = 150

/** By the last digit of its number: an amount, a text, a flag. */
export const kindOf = (index: number): 'numerical' | 'text' | 'y_n' =>
  index % 3 === 0 ? 'numerical' : index % 3 === 1 ? 'text' : 'y_n'

export const featureId = (index: number): string => String(7000 + index)

/** International values of all features, by number. */
export const inventedValues = (seed = 0): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: features }, (_, index) => [
      featureId(index),
      {
        numerical: String(100 + index + seed),
        text: `A text of some words, number ${index}`,
        y_n: 'Y',
      }[kindOf(index)],
    ]),
  )

export const inventedText = '<b>Long</b> text of a product.\\n\\n- with a list\\n- of two'.repeat(8)

/** Sheets of an invented brand in the form of examples/icecat, with their taxonomy. */
export async function writeInvented(folder: string, products: readonly object[]): Promise<void> {
  const example = JSON.parse(
    await readFile(new URL('../../examples/icecat/taxonomy.json', import.meta.url), 'utf8'),
  ) as Record<string, unknown>
  const taxonomy = {
    ...example,
    features: Array.from({ length: features }, (_, index) => ({
      id: featureId(index),
      names: { EN: `Feature ${index}`, DE: `Merkmal ${index}` },
      type: kindOf(index),
      ...(kindOf(index) === 'numerical' ? { measure: '38' } : {}),
      group: '14',
      searchable: true,
    })),
  }
  await writeFile(join(folder, 'taxonomy.json'), JSON.stringify(taxonomy))
  await writeFile(join(folder, 'products.json'), JSON.stringify(products))
}
