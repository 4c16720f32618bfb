import { list, readCatalogue, type Row } from './catalogue.ts'
import { fileName } from './values.ts'
import { World } from './world.ts'

/** A product of the overlay as its mapping file says it, by code where the hub has ids. */
export interface ExtraProduct {
  sku: string
  name: Record<string, string>
  brand?: Record<string, string>
  weight?: { amount: string; unit: string }
  gallery: { asset: string; fileName: string }[]
  units: object[]
  inventory?: object[]
  crossSell: string[]
  kit?: { code: string; quantity: string }[]
}

const kilograms: Record<string, number> = { KILOGRAM: 1, GRAM: 0.001 }

/** What `extras.hub.yaml` makes of the overlay's products, read off its files; those in a unit that nobody knows are refused. */
export function extrasOf(
  catalogDir: string,
  overlayDir: string,
): { products: ExtraProduct[]; refused: string[] } {
  const world = new World(readCatalogue(catalogDir, overlayDir))
  const rows = readRows(world)
  const refused = rows.filter((row) => row.weight !== null && kilograms[row.weight.unit] === undefined)
  const skus = refused.map(({ sku }) => sku)
  const products = rows
    .filter(({ sku }) => !skus.includes(sku))
    .map(({ cells, weight, sku }): ExtraProduct => {
      const designer = cells['extra_designer']
      const parts = list(cells['EXTRA_PACK-products'])
      const quantities = (cells['EXTRA_PACK-products-quantity'] ?? '').split('|')
      return {
        sku,
        name: inAll(world, () => cells['extra_name'] ?? ''),
        ...(designer
          ? {
              brand: inAll(
                world,
                (locale) =>
                  world.catalogue.records.get(`extra_designers/${designer}`)?.labels[locale] ?? designer,
              ),
            }
          : {}),
        ...(weight
          ? {
              weight: {
                amount: String(Number((weight.amount * (kilograms[weight.unit] ?? 0)).toFixed(6))),
                unit: 'KILOGRAM',
              },
            }
          : {}),
        gallery: list(cells['extra_shots']).flatMap((asset) => {
          const path = world.catalogue.records.get(`extra_shots/${asset}`)?.image
          return path ? [{ asset, fileName: fileName(path) }] : []
        }),
        units: [{ code: 'each', conversion: '1', base: true }, ...caseOf(cells)],
        ...(cells['extra_stock']
          ? { inventory: [{ location: 'main', unit: 'each', quantity: cells['extra_stock'] }] }
          : {}),
        crossSell: list(cells['X_SELL-products']),
        ...(parts.length > 0
          ? {
              kit: parts
                .map((code, index) => ({ code, quantity: quantities[index] ?? '' }))
                .filter(({ code }) => !skus.includes(code)),
            }
          : {}),
      }
    })
  return { products, refused: skus }
}

interface ExtraRow {
  sku: string
  cells: Row
  weight: { amount: number; unit: string } | null
}

function readRows({ catalogue }: World): ExtraRow[] {
  return catalogue.products
    .filter(({ family }) => family === 'extra_goods')
    .map(({ sku, cells }) => ({
      sku: sku ?? '',
      cells,
      weight: cells['extra_weight']
        ? { amount: Number(cells['extra_weight']), unit: cells['extra_weight-unit'] ?? '' }
        : null,
    }))
}

const inAll = ({ locales }: World, text: (locale: string) => string) =>
  Object.fromEntries(locales.map((locale) => [locale, text(locale)]))

function caseOf(cells: Row): object[] {
  const conversion = cells['extra_case_quantity']
  if (!conversion) return []
  const price = cells['extra_case_price-EUR']
  return [
    {
      code: 'case',
      conversion,
      barcode: cells['extra_case_number'],
      ...(price ? { prices: { EUR: { list: String(Number(price)) } } } : {}),
    },
  ]
}
