import type { Asset, Named, Sheet, SheetFeature, ShownValue } from '../../../domain/enrichment/sheet.ts'
import { languageOfId } from '../languages.ts'
import { attributeOf, childOf, childrenOf, type XmlElement } from '../xml/read-elements.ts'
import {
  hasAddress,
  kindOfMultimedia,
  orNull,
  readDay,
  readSize,
  readText,
  under,
  withoutToken,
} from './texts.ts'

/** `asked`: a short code or `INT`; where the answer names another language, that one counts. */
export function sheetOfXml(product: XmlElement, asked: string): Sheet {
  const names = childrenOf(childOf(product, 'Category'), 'Name')
  // Which language a plain attribute is in stands nowhere; the category's name is in the language of the answer.
  const own = (names.length === 1 ? languageOfId(attributeOf(names[0], 'langid')) : undefined) ?? asked
  const one = (name: string) => attributeOf(product, name)
  const supplier = childOf(product, 'Supplier')
  const summary = childOf(product, 'SummaryDescription')
  const descriptions = childrenOf(product, 'ProductDescription')
  const category = childOf(product, 'Category')
  const family = childOf(product, 'ProductFamily')
  const series = childOf(family, 'Series')
  const part = (name: string) => byLanguage(descriptions, (element) => attributeOf(element, name))
  const titles = childOf(childOf(product, 'ProductTitles'), 'Titles')
  return {
    icecatId: one('ID'),
    brand: attributeOf(supplier, 'Name'),
    brandId: orNull(attributeOf(supplier, 'ID')),
    code: one('Prod_id'),
    gtins: [...new Set(childrenOf(product, 'EANCode').map((code) => attributeOf(code, 'EAN')))].filter(
      (gtin) => gtin !== '',
    ),
    quality: orNull(one('Quality')),
    releaseDate: readDay(one('ReleaseDate')),
    replacedBy: orNull(one('Map_product_id')),
    demo: false,
    category: category === undefined ? null : namedOf(category),
    family: family === undefined ? null : namedOf(family),
    series: series === undefined ? null : namedOf(series),
    title: {
      ...under('INT', one('GeneratedIntTitle')),
      ...under(own, own === 'INT' ? undefined : one('Title')),
      ...under(own, one('GeneratedLocalTitle')),
      ...under(own, one('BrandLocalTitle')),
      ...byLanguage(childrenOf(titles, 'Title'), (element) => attributeOf(element, 'Value')),
    },
    name: {
      ...under('INT', one('IntName')),
      ...under(own, own === 'INT' ? undefined : one('Name')),
      ...under(own, one('LocalName')),
      ...byLanguage(childrenOf(childOf(product, 'ProductModelDescriptions'), 'Name'), (element) =>
        attributeOf(element, 'Value'),
      ),
    },
    summary: {
      short: byLanguage(childrenOf(summary, 'ShortSummaryDescription'), ({ text }) => text),
      long: byLanguage(childrenOf(summary, 'LongSummaryDescription'), ({ text }) => text),
    },
    description: {
      long: part('LongDesc'),
      middle: part('MiddleDesc'),
      short: part('ShortDesc'),
      warranty: part('WarrantyInfo'),
      url: part('URL'),
      disclaimer: byLanguage(childrenOf(childOf(product, 'Disclaimers'), 'Disclaimer'), (element) =>
        attributeOf(element, 'value'),
      ),
    },
    bullets: bulletsOf(childOf(product, 'BulletPoints'), 'BulletPoint'),
    generatedBullets: bulletsOf(childOf(product, 'GeneratedBulletPoints'), 'GeneratedBulletPoint'),
    reasons: reasonsOf(product),
    images: imagesOf(product).filter(hasAddress),
    documents: documentsOf(product, descriptions).filter(hasAddress),
    features: childrenOf(product, 'ProductFeature').flatMap((feature) => featureOf(feature, own)),
    variants: childrenOf(childOf(product, 'Variants'), 'Variant').map((variant) => ({
      id: attributeOf(variant, 'ID'),
      gtins: childrenOf(childOf(variant, 'VariantIdentifiers'), 'Identifier')
        .filter((identifier) => /gtin|ean|upc/i.test(attributeOf(identifier, 'Type')))
        .map((identifier) => attributeOf(identifier, 'Value')),
    })),
    related: childrenOf(product, 'ProductRelated').flatMap((related) => {
      const other = childOf(related, 'Product')
      if (other === undefined) return []
      return {
        icecatId: attributeOf(other, 'ID'),
        brand: attributeOf(childOf(other, 'Supplier'), 'Name'),
        code: attributeOf(other, 'Prod_id'),
      }
    }),
  }
}

/** An error text where the answer is no sheet. */
export const refusalOf = (product: XmlElement): string | null =>
  attributeOf(product, 'Code') === '1' ? null : attributeOf(product, 'ErrorMessage')

function byLanguage(elements: XmlElement[], text: (element: XmlElement) => string): Record<string, string> {
  return Object.assign(
    {},
    ...elements.map((element) => under(languageOfId(element.attributes['langid']) ?? '', text(element))),
  ) as Record<string, string>
}

const namedOf = (element: XmlElement): Named => ({
  id: attributeOf(element, 'ID'),
  names: byLanguage(childrenOf(element, 'Name'), (name) => attributeOf(name, 'Value')),
})

function bulletsOf(element: XmlElement | undefined, name: string): Record<string, string[]> {
  const bullets: Record<string, string[]> = {}
  const inOrder = childrenOf(element, name).toSorted(
    (a, b) => Number(attributeOf(a, 'No')) - Number(attributeOf(b, 'No')),
  )
  for (const bullet of inOrder) {
    const language = languageOfId(bullet.attributes['langid'])
    const text = readText(attributeOf(bullet, 'Value'))
    if (language !== undefined && text !== '') (bullets[language] ??= []).push(text)
  }
  return bullets
}

function reasonsOf(product: XmlElement): Sheet['reasons'] {
  const reasons: Record<string, { title: string; text: string }[]> = {}
  for (const reason of childrenOf(childOf(product, 'ReasonsToBuy'), 'ReasonToBuy')) {
    const language = languageOfId(reason.attributes['langid'])
    if (language === undefined) continue
    ;(reasons[language] ??= []).push({
      title: readText(attributeOf(reason, 'Title')),
      text: readText(attributeOf(reason, 'Value')),
    })
  }
  return reasons
}

function imagesOf(product: XmlElement): Asset[] {
  const pictures = childrenOf(childOf(product, 'ProductGallery'), 'ProductPicture')
    .filter((picture) => attributeOf(picture, 'Pic') !== '')
    .toSorted(
      (a, b) =>
        Number(attributeOf(b, 'IsMain') === 'Y') - Number(attributeOf(a, 'IsMain') === 'Y') ||
        Number(attributeOf(a, 'No')) - Number(attributeOf(b, 'No')),
    )
  const images = pictures.map((picture): Asset => ({
    id: orNull(attributeOf(picture, 'ProductPicture_ID')),
    url: withoutToken(attributeOf(picture, 'Pic')),
    kind: 'image',
    type: attributeOf(picture, 'Type'),
    contentType: '',
    size: readSize(attributeOf(picture, 'Size')),
    language: null,
    updated: orNull(attributeOf(picture, 'UpdatedDate')),
  }))
  const main = attributeOf(product, 'HighPic')
  if (images.length > 0 || main === '') return images
  const size = readSize(attributeOf(product, 'HighPicSize'))
  const url = withoutToken(main)
  return [{ id: null, url, kind: 'image', type: '', contentType: '', size, language: null, updated: null }]
}

function documentsOf(product: XmlElement, descriptions: XmlElement[]): Asset[] {
  const pdfs = descriptions.flatMap((description) =>
    (['leaflet', 'manual'] as const).flatMap((kind): Asset[] => {
      const prefix = kind === 'leaflet' ? 'PDF' : 'ManualPDF'
      const url = attributeOf(description, `${prefix}URL`)
      const language = languageOfId(description.attributes['langid'])
      if (url === '' || language === undefined) return []
      return [
        {
          id: null,
          url: withoutToken(url),
          kind,
          type: kind,
          contentType: 'application/pdf',
          size: readSize(attributeOf(description, `${prefix}Size`)),
          language,
          updated: null,
        },
      ]
    }),
  )
  const objects = childrenOf(childOf(product, 'ProductMultimediaObject'), 'MultimediaObject')
    .filter((object) => attributeOf(object, 'URL') !== '')
    .map((object): Asset => {
      const language = languageOfId(object.attributes['langid']) ?? 'INT'
      const type = attributeOf(object, 'Type')
      const contentType = attributeOf(object, 'ContentType')
      return {
        id: orNull(attributeOf(object, 'MultimediaObject_ID')),
        url: withoutToken(attributeOf(object, 'URL')),
        kind: kindOfMultimedia(type, contentType, false),
        type,
        contentType,
        size: readSize(attributeOf(object, 'Size')),
        language: language === 'INT' ? null : language,
        updated: orNull(attributeOf(object, 'UpdatedDate') || attributeOf(object, 'Date')),
      }
    })
  return [...pdfs, ...objects]
}

function featureOf(element: XmlElement, own: string): SheetFeature[] {
  const inner = childOf(element, 'Feature')
  if (inner === undefined) return []
  const measure = childOf(inner, 'Measure')
  const value = readText(attributeOf(element, 'Value'))
  return [
    {
      id: attributeOf(inner, 'ID'),
      names: byLanguage(childrenOf(inner, 'Name'), (name) => attributeOf(name, 'Value')),
      type: null,
      value,
      measure: measureOf(measure),
      shown: shownOf(element, value, own),
      mandatory: attributeOf(element, 'Mandatory') === '1',
      searchable: attributeOf(element, 'Searchable') === '1',
    },
  ]
}

/** The international sign where there is one; else the first that a language writes. */
function measureOf(measure: XmlElement | undefined): SheetFeature['measure'] {
  const id = attributeOf(measure, 'ID')
  const sign = attributeOf(measure, 'Sign') || signOf(measure)
  return id === '' && sign === '' ? null : { id, sign }
}

/** The English one where there are several: units are written as Icecat's lists write them. */
function signOf(measure: XmlElement | undefined): string {
  const signs = childrenOf(childOf(measure, 'Signs'), 'Sign')
  const english = signs.find((sign) => languageOfId(sign.attributes['langid']) === 'EN')
  return (english ?? signs[0])?.text.trim() ?? ''
}

/** One language as attributes of the value, all of them as elements with a `langid`. */
function shownOf(element: XmlElement, value: string, own: string): Record<string, ShownValue> {
  const locals = [
    ...childrenOf(element, 'LocalValue'),
    ...childrenOf(element, 'LocalValues').flatMap((values) => childrenOf(values, 'LocalValue')),
  ]
  const presented = childrenOf(element, 'PresentationValues').flatMap((values) =>
    childrenOf(values, 'PresentationValue'),
  )
  if (presented.length === 0) {
    const local = locals[0]
    const text = readText(attributeOf(element, 'Presentation_Value')) || value
    const sign = signOf(childOf(local, 'Measure'))
    return { [own]: { value: attributeOf(local, 'Value') || value, sign, text } }
  }
  const shown: Record<string, ShownValue> = {}
  for (const one of presented) {
    const langid = one.attributes['langid']
    const language = languageOfId(langid)
    if (language === undefined) continue
    const local = locals.find((candidate) => candidate.attributes['langid'] === langid)
    shown[language] = {
      value: attributeOf(local, 'Value') || value,
      sign: signOf(childOf(local, 'Measure')),
      text: readText(attributeOf(one, 'Value')) || value,
    }
  }
  return shown
}
