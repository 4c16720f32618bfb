import { isDeepStrictEqual } from 'node:util'
import type { MediaFile, Product, ProductModel, Value } from '../../../simulator/akeneo/catalog/records.ts'
import type { Change } from '../../../simulator/akeneo/events/change.ts'
import type { Pim } from '../../../simulator/akeneo/pim.ts'
import { pictureIn } from '../icecat-content.ts'

/** A value that came to stand at a place of a record; null: it was emptied. */
export interface Written {
  /** Uuid of a product, code of a model. */
  record: string
  /** `attribute locale scope` */
  place: string
  data: string | null
  /** Akeneo's code, where the value is a file. */
  file?: string
  by: 'hub' | 'person'
  /** Real time; unit ms. Zero: from the beginning. */
  at: number
}

/** Keeps what is written at certain attributes, by whom and in which order: by the calls of one connection, or by people. */
export class ValueLog {
  readonly #attributes: readonly string[]
  readonly #hub: string
  readonly #files: ReadonlyMap<string, MediaFile>
  readonly #shown = new Map<string, Map<string, Shown>>()
  readonly #made = new Set<string>()
  #written: Written[] = []

  constructor(pim: Pim, attributes: readonly string[], hub: string) {
    this.#attributes = attributes
    this.#hub = hub
    const { catalog } = pim
    this.#files = catalog.mediaFiles
    for (const record of [...catalog.modelsInOrder(), ...catalog.products.afterIdentifier(undefined)])
      this.#note(record, 'person', 0)
    pim.listeners.push((change) => this.#hear(change))
  }

  /** Of records that are there, in the order of writing. */
  get written(): Written[] {
    return this.#written
  }

  /** Products that the hub's calls made and that are still there. */
  get made(): string[] {
    return [...this.#made]
  }

  #hear({ action, record, author }: Change): void {
    const key = keyOf(record)
    if (action === 'removed') {
      this.#shown.delete(key)
      this.#made.delete(key)
      this.#written = this.#written.filter((one) => one.record !== key)
      return
    }
    const by = author === this.#hub ? 'hub' : 'person'
    if (action === 'created' && by === 'hub') this.#made.add(key)
    this.#note(record, by, performance.timeOrigin + performance.now())
  }

  #note(record: Product | ProductModel, by: Written['by'], at: number): void {
    const key = keyOf(record)
    const before = this.#shown.get(key) ?? new Map<string, Shown>()
    const now = this.#valuesOf(record)
    for (const place of new Set([...before.keys(), ...now.keys()])) {
      const shown = now.get(place) ?? { data: null }
      if (!isDeepStrictEqual(shown, before.get(place) ?? { data: null }))
        this.#written.push({ record: key, place, ...shown, by, at })
    }
    this.#shown.set(key, now)
  }

  #valuesOf({ values }: Product | ProductModel): Map<string, Shown> {
    return new Map(
      this.#attributes.flatMap((attribute) =>
        (values.get(attribute) ?? []).flatMap(({ locale, scope, data }): [string, Shown][] => {
          const text = textOf(data)
          if (text === null) return []
          return [[`${attribute} ${locale ?? ''} ${scope ?? ''}`, this.#shownOf(text)]]
        }),
      ),
    )
  }

  /** A file by what its bytes say. */
  #shownOf(text: string): Shown {
    const content = this.#files.get(text)?.content
    if (!Buffer.isBuffer(content)) return { data: text }
    return { data: pictureIn(content) ?? `a file: ${ownTextOf(content)}`, file: text }
  }
}

/** What a person's file says behind its first bytes. */
const ownTextOf = (content: Buffer) => content.subarray(8).toString()

type Shown = Pick<Written, 'data' | 'file'>

const keyOf = (record: Product | ProductModel) => (record.kind === 'product' ? record.uuid : record.code)

/** By its meaning: 2.5 kg is 2500 g. */
export function textOf(data: Value['data']): string | null {
  if (data === null || data === '') return null
  if (typeof data === 'object' && !Array.isArray(data) && 'unit' in data)
    return `${Number(data['amount']) * (data['unit'] === 'KILOGRAM' ? 1000 : 1)} g`
  return typeof data === 'string' ? data : JSON.stringify(data)
}
