import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { languageOf } from '../languages.ts'
import type {
  Brand,
  Category,
  Description,
  Feature,
  FeatureGroup,
  Multimedia,
  Picture,
  Product,
  Texts,
} from '../model.ts'
import { emptyProduct, learnFeature, type Catalogue } from './catalogue.ts'
import { attributeOf, childOf, childrenOf, parseXml, type XmlNode } from './xml-tree.ts'

/** Dates of recorded sheets stand nowhere in them: all count as changed when the recording began. */
const RECORDED_AT = '2017-06-01T00:00:00Z'

/** Reads recorded data-sheets in XML from a folder; several languages of one product become one product. */
export function loadSheets(catalogue: Catalogue, folder: string): void {
  const files = readdirSync(folder).filter((name) => /^product-.*\.xml$/.test(name))
  if (files.length === 0) throw new Error(`${folder} holds no recorded sheet (product-*.xml)`)
  for (const name of files.sort()) addSheet(catalogue, readFileSync(join(folder, name), 'utf8'), gtinOf(name))
}

/** The files are named after what was asked for. */
const gtinOf = (name: string): string => /^product-(\d{8,14})/.exec(name)?.[1] ?? ''

function addSheet(catalogue: Catalogue, xml: string, askedGtin: string): void {
  const sheet = childOf(childOf(parseXml(xml), 'ICECAT-interface'), 'Product')
  if (sheet === undefined || attributeOf(sheet, 'Code') !== '1') return
  const language = languageOfSheet(sheet)
  const brand = brandOf(sheet)
  const category = categoryOf(sheet, language)
  if (!catalogue.brands.has(brand.id)) catalogue.brands.set(brand.id, brand)
  const known = catalogue.categories.get(category.id)
  catalogue.categories.set(category.id, {
    ...category,
    names: { ...known?.names, ...category.names },
  })
  const id = attributeOf(sheet, 'ID')
  const product = catalogue.products.get(id) ?? newProduct(sheet, brand, category, askedGtin)
  addLanguage(product, sheet, language)
  for (const feature of product.features) learnFeature(catalogue, feature)
  product.recorded[language] = xml
  catalogue.products.set(id, product)
}

/** The language of the answer is that of its names: recorders named files after what they asked for, and got others. */
function languageOfSheet(sheet: XmlNode): string {
  const name = childOf(childOf(sheet, 'Category'), 'Name')
  return languageOf(attributeOf(name, 'langid')) ?? 'EN'
}

const brandOf = (sheet: XmlNode): Brand => {
  const supplier = childOf(sheet, 'Supplier')
  return { id: attributeOf(supplier, 'ID'), name: attributeOf(supplier, 'Name'), sponsor: true, aliases: [] }
}

const categoryOf = (sheet: XmlNode, language: string): Category => {
  const category = childOf(sheet, 'Category')
  return {
    id: attributeOf(category, 'ID'),
    names: { [language]: attributeOf(childOf(category, 'Name'), 'Value') },
    unspsc: '',
    vertical: 'recorded',
  }
}

function newProduct(sheet: XmlNode, brand: Brand, category: Category, askedGtin: string): Product {
  const gtins = childrenOf(sheet, 'EANCode').map((code) => attributeOf(code, 'EAN'))
  // A sheet that was asked for by a code answers to it, also where its own list does not show it.
  if (askedGtin !== '' && !gtins.some((gtin) => Number(gtin) === Number(askedGtin))) gtins.push(askedGtin)
  return {
    ...emptyProduct(attributeOf(sheet, 'ID'), RECORDED_AT),
    brandId: brand.id,
    code: attributeOf(sheet, 'Prod_id'),
    gtins: gtins.map((value) => ({ value, approved: true, format: `GTIN-${value.length}` })),
    categoryId: category.id,
    releaseDate: attributeOf(sheet, 'ReleaseDate'),
    markets: ['DE', 'FR', 'GB'],
    pictures: picturesOf(sheet),
    multimedia: multimediaOf(sheet),
    related: childrenOf(sheet, 'ProductRelated').flatMap((related) => {
      const product = childOf(related, 'Product')
      const supplier = childOf(product, 'Supplier')
      if (product === undefined) return []
      return {
        id: attributeOf(related, 'ID'),
        categoryId: attributeOf(related, 'Category_ID'),
        productId: attributeOf(product, 'ID'),
        code: attributeOf(product, 'Prod_id'),
        name: attributeOf(product, 'Name'),
        brand: attributeOf(supplier, 'Name'),
        brandId: attributeOf(supplier, 'ID'),
        preferred: attributeOf(related, 'Preferred') === '1',
      }
    }),
  }
}

function addLanguage(product: Product, sheet: XmlNode, language: string): void {
  product.names[language] = attributeOf(sheet, 'Name')
  product.titles[language] = attributeOf(sheet, 'Title')
  const summary = childOf(sheet, 'SummaryDescription')
  product.summaries[language] = {
    short: childOf(summary, 'ShortSummaryDescription')?.text.trim() ?? '',
    long: childOf(summary, 'LongSummaryDescription')?.text.trim() ?? '',
  }
  product.descriptions.push(...descriptionsOf(sheet))
  product.reasons.push(
    ...childrenOf(childOf(sheet, 'ReasonsToBuy'), 'ReasonToBuy').map((reason) => ({
      id: attributeOf(reason, 'ID'),
      language,
      no: Number(attributeOf(reason, 'No')),
      title: attributeOf(reason, 'Title'),
      text: attributeOf(reason, 'Value'),
      picture: attributeOf(reason, 'HighPic'),
    })),
  )
  const family = childOf(sheet, 'ProductFamily')
  if (family !== undefined) {
    product.family = {
      id: attributeOf(family, 'ID'),
      names: { ...product.family?.names, [language]: attributeOf(childOf(family, 'Name'), 'Value') },
    }
  }
  for (const group of groupsOf(sheet, language)) {
    const known = product.groups.find(({ id }) => id === group.id)
    if (known === undefined) product.groups.push(group)
    else Object.assign(known.names, group.names)
  }
  for (const feature of childrenOf(sheet, 'ProductFeature')) addFeature(product, feature, language)
}

const descriptionsOf = (sheet: XmlNode): Description[] =>
  childrenOf(sheet, 'ProductDescription').flatMap((description) => {
    const language = languageOf(attributeOf(description, 'langid'))
    if (language === undefined || description.attributes['langid'] === undefined) return []
    const text = (name: string) => attributeOf(description, name)
    return {
      id: text('ID'),
      language,
      long: text('LongDesc'),
      short: text('ShortDesc'),
      middle: text('MiddleDesc'),
      url: text('URL'),
      warranty: text('WarrantyInfo'),
      disclaimer: '',
      leafletUrl: text('PDFURL'),
      leafletSize: Number(text('PDFSize')),
      manualUrl: text('ManualPDFURL'),
      manualSize: Number(text('ManualPDFSize')),
      updated: RECORDED_AT,
    }
  })

const groupsOf = (sheet: XmlNode, language: string): FeatureGroup[] =>
  childrenOf(sheet, 'CategoryFeatureGroup').map((group) => {
    const inner = childOf(group, 'FeatureGroup')
    return {
      id: attributeOf(group, 'ID'),
      no: Number(attributeOf(group, 'No')),
      groupId: attributeOf(inner, 'ID'),
      names: { [language]: attributeOf(childOf(inner, 'Name'), 'Value') },
    }
  })

function addFeature(product: Product, node: XmlNode, language: string): void {
  const inner = childOf(node, 'Feature')
  const measure = childOf(inner, 'Measure')
  const valueId = attributeOf(node, 'ID')
  const local = childOf(node, 'LocalValue')
  const known = product.features.find((feature) => feature.valueId === valueId)
  const feature: Feature = known ?? {
    valueId,
    id: attributeOf(inner, 'ID'),
    names: {},
    type: typeOf(attributeOf(node, 'Value'), signOf(measure)),
    value: attributeOf(node, 'Value'),
    measure: { id: attributeOf(measure, 'ID'), sign: attributeOf(measure, 'Sign'), signs: {} },
    local: {},
    groupId: attributeOf(node, 'CategoryFeatureGroup_ID'),
    categoryFeatureId: attributeOf(node, 'CategoryFeature_ID'),
    no: attributeOf(node, 'No'),
    mandatory: attributeOf(node, 'Mandatory') === '1',
    searchable: attributeOf(node, 'Searchable') === '1',
  }
  feature.names[language] = attributeOf(childOf(inner, 'Name'), 'Value')
  Object.assign(feature.measure.signs, signsOf(measure))
  feature.local[language] = {
    value: attributeOf(local, 'Value'),
    presentation: attributeOf(node, 'Presentation_Value'),
    sign: signOf(childOf(local, 'Measure')),
    translated: attributeOf(node, 'Translated') === '1',
  }
  if (known === undefined) product.features.push(feature)
}

/** The XML of a sheet does not tell a feature's type, the JSON does: guessed as the features list would say. */
function typeOf(value: string, sign: string): string {
  if (value === 'Y' || value === 'N') return 'y_n'
  if (/^-?[\d.]+$/.test(value)) return 'numerical'
  return value.includes(',') && sign === '' ? 'multi_dropdown' : 'dropdown'
}

const signsOf = (measure: XmlNode | undefined): Texts =>
  Object.fromEntries(
    childrenOf(childOf(measure, 'Signs'), 'Sign').map((sign) => [
      languageOf(attributeOf(sign, 'langid')) ?? 'INT',
      sign.text,
    ]),
  )

const signOf = (measure: XmlNode | undefined): string => Object.values(signsOf(measure))[0] ?? ''

const picturesOf = (sheet: XmlNode): Picture[] =>
  childrenOf(childOf(sheet, 'ProductGallery'), 'ProductPicture').map((picture) => {
    const text = (name: string) => attributeOf(picture, name)
    return {
      id: text('ProductPicture_ID'),
      url: text('Pic'),
      size: Number(text('Size')),
      width: Number(text('PicWidth')),
      height: Number(text('PicHeight')),
      no: Number(text('No')),
      main: text('IsMain') === 'Y',
      type: text('Type'),
      updated: RECORDED_AT,
    }
  })

const multimediaOf = (sheet: XmlNode): Multimedia[] =>
  childrenOf(childOf(sheet, 'ProductMultimediaObject'), 'MultimediaObject').map((object) => {
    const text = (name: string) => attributeOf(object, name)
    return {
      id: text('MultimediaObject_ID'),
      url: text('URL'),
      type: text('Type'),
      contentType: text('ContentType'),
      description: text('Description'),
      size: Number(text('Size')),
      language: languageOf(text('langid')) ?? 'INT',
      updated: text('Date'),
      video: text('ContentType').startsWith('video/'),
      labelType: '',
      eprelLink: '',
    }
  })
