import type { Catalogue } from '../catalogue/catalogue.ts'
import { langidOf } from '../languages.ts'
import type { Feature, Product, Texts } from '../model.ts'
import { assetLink, stampOf, xmlAttributes, xmlText } from './text.ts'

export interface XmlRequest {
  /** One short code, or `INT` for all languages at once. */
  language: string
  origin: string
  contentToken: string | null
}

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ICECAT-interface SYSTEM "http://data.icecat.biz/dtd/ICECAT-interface_response.dtd">
<!-- source: Icecat.biz -->
<ICECAT-interface xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://data.icecat.biz/xsd/ICECAT-interface_response.xsd">
`

/** A sheet that is none: Icecat says so with status 200. */
export const renderXmlError = (message: string, replacedBy: string | null = null): string =>
  `${HEAD}  <Product${xmlAttributes({ Code: -1, ID: '??', ErrorMessage: message, Map_product_id: replacedBy })}/>\n</ICECAT-interface>\n`

/** The real-time XML door and the files of the batch door: one product, one language or all of them. */
export function renderXml(product: Product, catalogue: Catalogue, request: XmlRequest): string {
  const link = (url: string) => (url === '' ? '' : assetLink(url, request.origin, request.contentToken))
  const all = request.language === 'INT'
  const own = Object.keys(product.titles)
  const languages = all ? own : [own.includes(request.language) ? request.language : 'EN']
  const language = languages[0] ?? 'EN'
  const main = product.pictures.find((picture) => picture.main) ?? product.pictures[0]
  const brand = catalogue.brands.get(product.brandId)
  const names = (texts: Texts) =>
    languages
      .filter((one) => texts[one] !== undefined)
      .map((one) => `<Name${xmlAttributes({ ID: 1, Value: texts[one], langid: langidOf(one) })}/>`)
      .join('')
  const parts = [
    ...product.groups.map(
      (group) =>
        `<CategoryFeatureGroup${xmlAttributes({ ID: group.id, No: group.no })}><FeatureGroup ID="${group.groupId}">${names(group.names)}</FeatureGroup></CategoryFeatureGroup>`,
    ),
    `<Category ID="${product.categoryId}">${names(catalogue.categories.get(product.categoryId)?.names ?? {})}</Category>`,
    ...product.gtins.map(({ value, format }) => `<EANCode${xmlAttributes({ EAN: value, Format: format })}/>`),
    bulletPoints(product, languages),
    reasonsToBuy(product, languages, link),
    ...product.descriptions
      .filter((one) => languages.includes(one.language))
      .map(
        (one) =>
          `<ProductDescription${xmlAttributes({ ID: one.id, LongDesc: one.long, ShortDesc: one.short, MiddleDesc: one.middle, URL: one.url, WarrantyInfo: one.warranty, PDFURL: link(one.leafletUrl), PDFSize: one.leafletSize, ManualPDFURL: link(one.manualUrl), ManualPDFSize: one.manualSize, langid: langidOf(one.language) })}/>`,
      ),
    `<Disclaimers>${product.descriptions
      .filter((one) => languages.includes(one.language) && one.disclaimer !== '')
      .map(
        (one) => `<Disclaimer${xmlAttributes({ langid: langidOf(one.language), value: one.disclaimer })}/>`,
      )
      .join('')}</Disclaimers>`,
    product.family === null
      ? ''
      : `<ProductFamily ID="${product.family.id}">${names(product.family.names)}</ProductFamily>`,
    ...product.features.map((feature) => productFeature(feature, languages, all)),
    `<ProductGallery>${product.pictures
      .map(
        (picture) =>
          `<ProductPicture${xmlAttributes({ ProductPicture_ID: picture.id, Pic: link(picture.url), PicHeight: picture.height, PicWidth: picture.width, Size: picture.size, No: picture.no, IsMain: picture.main ? 'Y' : 'N', Type: picture.type, UpdatedDate: stampOf(picture.updated) })}/>`,
      )
      .join('')}</ProductGallery>`,
    `<ProductMultimediaObject>${product.multimedia
      .filter((object) => object.language === 'INT' || languages.includes(object.language))
      .map(
        (object) =>
          `<MultimediaObject${xmlAttributes({ MultimediaObject_ID: object.id, URL: link(object.url), Type: object.type, ContentType: object.contentType, Description: object.description, Size: object.size, Date: stampOf(object.updated), langid: langidOf(object.language), KeepAsURL: 0, LabelType: object.labelType, EprelLink: object.eprelLink })}/>`,
      )
      .join('')}</ProductMultimediaObject>`,
    ...product.related.map(
      (related) =>
        `<ProductRelated${xmlAttributes({ ID: related.id, Category_ID: related.categoryId, Preferred: related.preferred ? 1 : 0, Reversed: 0 })}><Product${xmlAttributes({ ID: related.productId, Prod_id: related.code, Name: related.name })}><Supplier${xmlAttributes({ ID: related.brandId, Name: related.brand })}/></Product></ProductRelated>`,
    ),
    summaries(product, languages),
    `<Supplier${xmlAttributes({ ID: product.brandId, Name: brand?.name ?? '' })}/>`,
    variants(product),
  ]
  const attributes = xmlAttributes({
    Code: 1,
    ID: product.id,
    Name: product.names[language] ?? product.names['EN'] ?? '',
    Prod_id: product.code,
    Title: product.titles[language] ?? '',
    Quality: 'ICECAT',
    ReleaseDate: product.releaseDate,
    HighPic: main === undefined ? '' : link(main.url),
    HighPicSize: main?.size,
    HighPicHeight: main?.height,
    HighPicWidth: main?.width,
    ...(all
      ? {
          GeneratedIntTitle: product.titles['EN'] ?? product.titles[language],
          IntName: product.names['EN'] ?? product.names[language],
        }
      : {}),
    Map_product_id: product.replacedBy,
  })
  const titles = all ? productTitles(product, languages) : ''
  return `${HEAD}  <Product${attributes}>\n${[...parts, titles].filter((part) => part !== '').join('\n')}\n  </Product>\n</ICECAT-interface>\n`
}

const bulletPoints = ({ bullets }: Product, languages: string[]): string =>
  `<BulletPoints>${bullets
    .filter((points) => languages.includes(points.language))
    .flatMap((points) =>
      points.values.map(
        (value, index) =>
          `<BulletPoint${xmlAttributes({ Value: value, langid: langidOf(points.language), No: index + 1 })}/>`,
      ),
    )
    .join('')}</BulletPoints>`

const reasonsToBuy = ({ reasons }: Product, languages: string[], link: (url: string) => string): string =>
  `<ReasonsToBuy>${reasons
    .filter((reason) => languages.includes(reason.language))
    .map(
      (reason) =>
        `<ReasonToBuy${xmlAttributes({ ID: reason.id, No: reason.no, Title: reason.title, Value: reason.text, HighPic: link(reason.picture), langid: langidOf(reason.language) })}/>`,
    )
    .join('')}</ReasonsToBuy>`

function productFeature(feature: Feature, languages: string[], all: boolean): string {
  const shown = languages.flatMap((language) => {
    const local = feature.local[language] ?? feature.local['EN']
    return local === undefined ? [] : [{ language, local }]
  })
  const first = shown[0]
  const signs = (sign: (language: string) => string) =>
    languages
      .filter((language) => sign(language) !== '')
      .map(
        (language) =>
          `<Sign${xmlAttributes({ ID: 1, langid: langidOf(language) })}>${xmlText(sign(language))}</Sign>`,
      )
      .join('')
  const attributes = xmlAttributes({
    Localized: 0,
    ID: feature.valueId,
    Local_ID: 0,
    Value: feature.value,
    CategoryFeature_ID: feature.categoryFeatureId,
    CategoryFeatureGroup_ID: feature.groupId,
    No: feature.no,
    Presentation_Value: first?.local.presentation ?? feature.value,
    Translated: first?.local.translated === true ? 1 : 0,
    Mandatory: feature.mandatory ? 1 : 0,
    Searchable: feature.searchable ? 1 : 0,
  })
  const locals = shown
    .map(
      ({ language, local }) =>
        `<LocalValue${xmlAttributes({ Value: local.value, langid: all ? langidOf(language) : undefined })}><Measure ID="${feature.measure.id}"><Signs>${local.sign === '' ? '' : `<Sign${xmlAttributes({ ID: 1, langid: langidOf(language) })}>${xmlText(local.sign)}</Sign>`}</Signs></Measure></LocalValue>`,
    )
    .join('')
  const presented = all
    ? `<PresentationValues>${shown.map(({ language, local }) => `<PresentationValue${xmlAttributes({ langid: langidOf(language), Value: local.presentation })}/>`).join('')}</PresentationValues>`
    : ''
  const names = languages
    .filter((language) => feature.names[language] !== undefined)
    .map(
      (language) =>
        `<Name${xmlAttributes({ ID: 1, Value: feature.names[language], langid: langidOf(language) })}/>`,
    )
    .join('')
  return `<ProductFeature${attributes}>${presented}${all ? `<LocalValues>${locals}</LocalValues>` : locals}<Feature ID="${feature.id}"><Measure${xmlAttributes({ ID: feature.measure.id, Sign: feature.measure.sign })}><Signs>${signs((language) => feature.measure.signs[language] ?? feature.measure.sign)}</Signs></Measure>${names}</Feature></ProductFeature>`
}

function summaries({ summaries: known }: Product, languages: string[]): string {
  const lines = languages.flatMap((language) => {
    const summary = known[language]
    if (summary === undefined) return []
    const langid = langidOf(language)
    return [
      `<ShortSummaryDescription langid="${langid}">${xmlText(summary.short)}</ShortSummaryDescription>`,
      `<LongSummaryDescription langid="${langid}">${xmlText(summary.long)}</LongSummaryDescription>`,
    ]
  })
  return `<SummaryDescription>${lines.join('')}</SummaryDescription>`
}

const productTitles = ({ titles, names }: Product, languages: string[]): string => {
  const lines = (element: string, texts: Texts) =>
    languages
      .filter((language) => texts[language] !== undefined)
      .map(
        (language) =>
          `<${element}${xmlAttributes({ ID: 1, Value: texts[language], langid: langidOf(language) })}/>`,
      )
      .join('')
  return `<ProductModelDescriptions>${lines('Name', names)}</ProductModelDescriptions><ProductTitles><Titles>${lines('Title', titles)}</Titles></ProductTitles>`
}

const variants = ({ variants: known }: Product): string =>
  known.length === 0
    ? ''
    : `<Variants>${known
        .map(
          ({ id, identifiers }) =>
            `<Variant${xmlAttributes({ ID: id })}><VariantIdentifiers>${identifiers.map(({ type, value }) => `<Identifier${xmlAttributes({ Type: type, Value: value })}/>`).join('')}</VariantIdentifiers></Variant>`,
        )
        .join('')}</Variants>`
