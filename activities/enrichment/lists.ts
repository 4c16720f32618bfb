import type { IcecatClient } from '../../connectors/icecat/client.ts'
import { type BrandBook, createBrandBook } from '../../domain/enrichment/match/brand-book.ts'
import type { IcecatLists } from '../../domain/enrichment/convert/compile-enrichment.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import type { Texts } from '../../domain/enrichment/sheet.ts'
import { foldCase } from '../../domain/text.ts'
import type { IcecatRuntime } from '../dependencies.ts'

/** Icecat's own lists, as far as a connection needs them. */
export interface ReferenceLists extends IcecatLists {
  brands: BrandBook
}

/** Icecat makes its reference files at night. */
const keptForMs = 12 * 3_600_000

interface Kept {
  languages: string
  until: number
  lists: Promise<ReferenceLists>
}

const copies = new WeakMap<IcecatRuntime, Kept>()

/** Fetched once for each worker and half day; who asks meanwhile waits for the same download. */
export function referenceLists(
  icecat: IcecatRuntime,
  mapping: IcecatMapping,
  signal: AbortSignal,
): Promise<ReferenceLists> {
  const vocabulary = mapping.options.match.includes('vocabulary') ? languagesOf(mapping) : []
  const languages = vocabulary.join(' ')
  const known = copies.get(icecat)
  if (known !== undefined && known.languages === languages && known.until > Date.now()) return known.lists
  const lists = icecat.inLane('bulk', signal, (client) => fetchLists(client, vocabulary, signal))
  copies.set(icecat, { languages, until: Date.now() + keptForMs, lists })
  lists.catch(() => copies.delete(icecat))
  return lists
}

/** Every language that feeds a value, the neutral one first: its facts stand. */
export const languagesOf = ({ neutral, languages }: IcecatMapping): string[] => [
  ...new Set([neutral.text, ...languages.flatMap(({ chain }) => chain.map(({ text }) => text))]),
]

async function fetchLists(
  client: IcecatClient,
  vocabulary: string[],
  signal: AbortSignal,
): Promise<ReferenceLists> {
  const suppliers = await all(client.references('suppliers', signal))
  const aliases = await all(client.references('supplierAliases', signal))
  const measures = new Map<string, string>()
  for await (const { id, sign } of client.references('measures', signal)) measures.set(id, sign)
  const words = new Map<string, Texts>()
  if (vocabulary.length > 0) {
    for await (const { word, texts } of client.references('vocabulary', signal)) {
      const own = vocabulary.flatMap((language) => {
        const text = texts[language]
        return text === undefined ? [] : [[language, text] as const]
      })
      if (own.length > 0) words.set(foldCase(word), Object.fromEntries(own))
    }
  }
  return { brands: createBrandBook(suppliers, aliases), measures, vocabulary: words }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const gathered: Item[] = []
  for await (const item of items) gathered.push(item)
  return gathered
}
