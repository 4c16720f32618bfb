import type { TargetAttribute } from '../target.ts'
import type { Suggestion } from './suggest-mapping.ts'

/** What catalogues call a thing, and where Icecat has it. */
interface WellKnown {
  code: RegExp
  types: readonly string[]
  /** The first that is not taken. */
  addresses: readonly string[]
  /** As it stands in the file; `{}` is the address. */
  rule?: string
}

const text = ['pim_catalog_text']
const texts = ['pim_catalog_text', 'pim_catalog_textarea']
const image = ['pim_catalog_image']
const file = ['pim_catalog_file']

/** Blocks of a sheet, which every product has. */
const blocks: readonly WellKnown[] = [
  {
    code: /^(product_?|variation_?)?(name|title)$/,
    types: text,
    addresses: ['title'],
    rule: '{ from: {}, max: 255, cut: word }',
  },
  {
    code: /^(long_?)?description$/,
    types: ['pim_catalog_textarea'],
    addresses: ['description.long'],
    rule: '{ from: [{}, description.short] }',
  },
  { code: /^short_?description$/, types: texts, addresses: ['summary.short'] },
  {
    code: /^(bullets?|bullet_?points?|features|highlights)$/,
    types: ['pim_catalog_textarea'],
    addresses: ['bullets'],
    rule: '{ from: {}, join: html-list }',
  },
  { code: /^(warranty|guarantee)/, types: texts, addresses: ['warranty'] },
  { code: /^release_?date$/, types: ['pim_catalog_date'], addresses: ['releaseDate'] },
]

const files: readonly WellKnown[] = [
  {
    code: /^(main_?)?(picture|image|photo)(_?\d+)?$|^packshot$/,
    types: image,
    addresses: Array.from({ length: 9 }, (_, index) => `image/${index + 1}`),
  },
  { code: /energy_?label/, types: [...image, ...file], addresses: ['energy-label'] },
  { code: /manual|notice|instruction/, types: file, addresses: ['document/manual'] },
  { code: /leaflet|brochure|data_?sheet|pdf/, types: file, addresses: ['document/leaflet'] },
]

/** By Icecat's number, as its list of features has them. */
const features: Readonly<Record<string, RegExp>> = {
  '94': /^(net_?|product_?)?weight$/,
  '762': /^pack(age|aging|ing)_?weight$/,
  '1649': /^(product_?)?width$/,
  '1650': /^(product_?)?depth$/,
  '1464': /^(product_?)?height$/,
  '3808': /^pack(age|aging|ing)_?width$/,
  '944': /^(display|screen)_?(diagonal|size)$/,
  '1585': /^(display|screen)_?resolution$/,
  '1516': /^response_?time$/,
  '13246': /^pixel_?density$/,
  '4963': /^touch_?screen$/,
  '74': /^optical_?zoom$/,
  '1574': /^sensor_?type$/,
  '1766': /^(main_?|product_?)?colou?r$/,
  '898': /^material$/,
  '445': /^power(_?consumption)?$/,
  '11381': /^(internal_?)?memory$/,
  '11379': /^processor_?(frequency|speed)$/,
  '2196': /^processor_?family$/,
  '3318': /^(total_?)?storage_?capacity$/,
  '434': /^battery_?technology$/,
}

/** Features that catalogues mostly call by this attribute's code. */
export const usualFeature = ({ code }: Pick<TargetAttribute, 'code'>): string | undefined =>
  Object.keys(features).find((id) => features[id]?.test(code.toLowerCase()))

/** What an attribute's code alone says: a block of the sheet, a file, Icecat's own number, or, if asked for, its usual feature. */
export function wellKnown(
  { code, type }: TargetAttribute,
  taken: ReadonlySet<string>,
  withFeatures: boolean,
): (Suggestion & { featureId: string | null }) | undefined {
  const name = code.toLowerCase()
  const block = [...blocks, ...files].find((one) => one.code.test(name) && one.types.includes(type))
  const address = block?.addresses.find((one) => !taken.has(one))
  if (block && address !== undefined) {
    return {
      attribute: code,
      address,
      rule: (block.rule ?? '{}').replace('{}', address),
      section: files.includes(block) ? 'media' : 'attributes',
      score: 0.9,
      reasons: [`"${code}" is mostly ${address}`],
      featureId: null,
    }
  }
  const raw = /^icecat_(\d+)$/.exec(name)?.[1]
  const id = raw ?? (withFeatures ? usualFeature({ code }) : undefined)
  if (id === undefined || taken.has(`feature/${id}`)) return undefined
  return {
    attribute: code,
    address: `feature/${id}`,
    rule: `feature/${id}`,
    section: 'attributes',
    score: raw === undefined ? 0.9 : 1,
    reasons: [raw === undefined ? `"${code}" is mostly feature ${id}` : 'named by Icecat’s number'],
    featureId: id,
  }
}
