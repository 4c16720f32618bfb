import { randomUUID } from 'node:crypto'
import type { Attribute, Product } from '../../simulator/akeneo/catalog/records.ts'
import type { AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import type { Rights } from '../../simulator/akeneo/options.ts'
import { newProduct, writeProduct } from '../../simulator/akeneo/write/product.ts'
import type { JsonObject } from '../../simulator/akeneo/json.ts'
import { malformed } from '../../simulator/akeneo/errors.ts'
import type { Edit } from './actions.ts'
import { dated, type Edits, texts, toolsOf, type Trace } from './edit-tools.ts'
import { fileEdits } from './file-edits.ts'
import { kitEdits } from './kit-edits.ts'
import { structureEdits } from './structure-edits.ts'

const amounts = ['1', '2.5', '800', '0.25']

/** Values by attribute: what an edit may write. */
const values: Record<string, (n: number) => unknown> = {
  name: (n) => texts[n % texts.length],
  note: (n) => texts[(n + 3) % texts.length],
  description: (n) => `<p>${texts[n % texts.length] ?? ''}</p>`,
  secret: (n) => texts[(n + 1) % texts.length],
  price: (n) => [
    { amount: amounts[n % 4], currency: 'EUR' },
    ...(n % 3 === 0 ? [{ amount: amounts[(n + 1) % 4], currency: 'USD' }] : []),
  ],
  weight: (n) => ({ amount: amounts[n % 4], unit: n % 2 === 0 ? 'KILOGRAM' : 'GRAM' }),
  color: (n) => ['red', 'blue', 'green'][n % 3],
  tags: (n) => (n % 2 === 0 ? ['new'] : ['new', 'old']),
  stock: (n) => n,
  flag: (n) => n % 2 === 0,
  made: (n) => `2025-0${1 + (n % 9)}-14`,
}
const attributes = Object.keys(values)

/** A locale, seldom the third, and a channel that has it. */
function placeOf(
  attribute: Attribute | undefined,
  to: number,
): { locale: string | null; scope: string | null } {
  const locale = to < 20 ? (['en_US', 'de_DE'][to % 2] ?? null) : 'fr_FR'
  const scope = locale === 'fr_FR' || (locale === 'de_DE' && to % 3 === 0) ? 'trade' : 'shop'
  return {
    locale: attribute?.localizable === true ? locale : null,
    scope: attribute?.scopable === true ? scope : null,
  }
}

export interface Editor {
  akeneo: AkeneoSimulator
  rights: Rights
  edit(edit: Edit): Trace
}

/** Applies edits to a simulator as its API would; one that it refuses changes nothing. */
export function editorOf(akeneo: AkeneoSimulator, rights: Rights): Editor {
  const { catalog } = akeneo.pim
  const deleted: { sku: string; uuid: string }[] = []
  const tools = toolsOf(akeneo)
  const { at, products, models, write, serial } = tools
  const variants = () => products().filter(({ parent }) => parent !== null)
  const categories = () => catalog.categories.inOrder().map(({ code }) => code)
  const value = (what: number, to: number, empty: boolean): JsonObject => {
    const code = at(attributes, what) ?? 'name'
    const attribute = catalog.attributes.get(code)
    return {
      [code]: [
        {
          ...placeOf(attribute, to),
          // Made of texts, numbers and lists of them.
          data: (empty ? null : values[code]?.(to)) as string,
        },
      ],
    }
  }
  const create = (sku: string, body: JsonObject) => {
    const refuse = (message: string) => malformed(message, 'post_products')
    try {
      writeProduct(
        akeneo.pim,
        undefined,
        newProduct(randomUUID(), sku),
        { ...body },
        { keyedBy: 'identifier', refuse },
      )
    } catch (error) {
      if (!(error instanceof Error && 'status' in error)) throw error
    }
  }
  const deleteProduct = (product: Product | undefined) => {
    if (!product) return
    deleted.push({ sku: product.identifier ?? '', uuid: product.uuid })
    akeneo.pim.deleteProduct(product)
  }

  const apply: Edits = {
    set: ({ who, what, to }) =>
      dated(() => write('product', uuidAt(who), { values: value(what, to, false) })),
    empty: ({ who, what, to }) =>
      dated(() => write('product', uuidAt(who), { values: value(what, to, true) })),
    'set-model': ({ who, what, to }) =>
      dated(() => write('product-model', at(models(), who)?.code, { values: value(what, to, false) })),
    'empty-model': ({ who, what, to }) =>
      dated(() => write('product-model', at(models(), who)?.code, { values: value(what, to, true) })),
    recategorize: ({ who, to }) =>
      dated(() => write('product', uuidAt(who), { categories: someCategories(to) })),
    'recategorize-model': ({ who, to }) =>
      dated(() => write('product-model', at(models(), who)?.code, { categories: someCategories(to) })),
    'move-category': ({ who, to }) => {
      const moved = at(
        categories().filter((code) => code !== 'master'),
        who,
      )
      const target = at(categories(), to)
      const below = moved === undefined ? [] : catalog.categories.subtree(moved).map(({ code }) => code)
      if (target !== undefined && !below.includes(target)) write('category', moved, { parent: target })
      // Its siblings' places change without a date.
      return 'silent'
    },
    'label-category': ({ who, to }) =>
      dated(() => write('category', at(categories(), who), { labels: { en_US: texts[to % texts.length] } })),
    reparent: ({ who, to }) =>
      dated(() => write('product', at(variants(), who)?.uuid, { parent: at(models(), to)?.code })),
    'make-simple': ({ who }) => dated(() => write('product', at(variants(), who)?.uuid, { parent: null })),
    enable: ({ who }) =>
      dated(() => {
        const product = at(products(), who)
        write('product', product?.uuid, { enabled: product?.enabled !== true })
      }),
    relate: ({ who, to, model }) =>
      dated(() => {
        const partner = at(products(), to)?.identifier
        write('product', uuidAt(who), {
          associations: model
            ? { UPSELL: { product_models: [at(models(), to)?.code] } }
            : { X_SELL: { products: partner == null ? [] : [at(products(), to)?.uuid] } },
        })
      }),
    'cross-sell-family': () =>
      dated(() => {
        const all = products()
          .filter(({ family }) => family === 'lamps')
          .map(({ uuid }) => uuid)
        for (const uuid of all)
          write('product', uuid, {
            associations: { X_SELL: { products: all.filter((other) => other !== uuid) } },
          })
      }),
    create: ({ to }) =>
      dated(() =>
        create(`made-${serial()}`, {
          family: at(['lamps', 'shirts'], to) ?? null,
          categories: someCategories(to),
          values: value(0, to, false),
        }),
      ),
    'create-variant': ({ who, to }) =>
      dated(() => {
        const model = at(models(), who)
        const axis = model?.family_variant === 'lamps_color' ? 'color' : 'size'
        const data = (axis === 'color' ? ['red', 'blue', 'green'] : ['s', 'm', 'l'])[to % 3] ?? ''
        create(`variant-${serial()}`, {
          parent: model?.code ?? null,
          values: { [axis]: [{ locale: null, scope: null, data }] },
        })
      }),
    delete: ({ who }) => {
      deleteProduct(at(products(), who))
      return 'silent'
    },
    recreate: ({ who }) => {
      const gone = at(deleted, who)
      if (gone && catalog.products.byIdentifier(gone.sku) === undefined && gone.sku !== '')
        create(gone.sku, { family: 'lamps', categories: ['floor'], values: value(0, who, false) })
      return 'silent'
    },
    'delete-model': ({ who }) => {
      const model = at(models(), who)
      if (model) akeneo.pim.deleteModel(model)
      return 'silent'
    },
    rename: ({ who }) =>
      dated(() =>
        write('product', uuidAt(who), {
          values: { sku: [{ locale: null, scope: null, data: `Renamed ${serial()}` }] },
        }),
      ),
    ...structureEdits(tools, rights),
    ...kitEdits(tools),
    ...fileEdits(tools),
  }
  const uuidAt = (who: number) => at(products(), who)?.uuid
  const someCategories = (to: number) => {
    const all = categories()
    return [...new Set([all[to % all.length], all[(to * 7 + 1) % all.length]])].filter(
      (code) => code !== undefined,
    )
  }
  return {
    akeneo,
    rights,
    // Each kind of edit has its own function; the compiler cannot see that both sides are of one kind.
    edit: (edit) => (apply[edit.do] as (edit: Edit) => Trace)(edit),
  }
}
