import type { Asset, Named, Sheet, SheetFeature } from '../../../domain/enrichment/sheet.ts'
import type { IcecatFeature, IcecatSheet } from '../schema.ts'
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

/** `language`: what was asked for, which is not always what came. */
export function sheetOfJson(data: IcecatSheet, language: string): Sheet {
  const info = data.GeneralInfo
  // Most texts are tagged with the language they are in. For those that are not, what is tagged is the best witness.
  const witness =
    orNull(info?.TitleInfo?.GeneratedLocalTitle?.Language) ??
    orNull(info?.Category?.Name?.Language) ??
    orNull(info?.Description?.Language) ??
    language
  const own = witness.toUpperCase()
  const description = info?.Description
  const described = orNull(description?.Language) ?? own
  return {
    icecatId: info?.IcecatId ?? '',
    brand: info?.Brand ?? '',
    brandId: orNull(info?.BrandID),
    code: info?.BrandPartCode ?? '',
    gtins: [...new Set([...(info?.GTIN ?? []), ...(info?.GTINs ?? []).map(({ GTIN }) => GTIN ?? '')])].filter(
      (gtin) => gtin !== '',
    ),
    quality: null,
    releaseDate: readDay(info?.ReleaseDate),
    replacedBy: null,
    demo: data.DemoAccount === true,
    category: info?.Category?.CategoryID ? namedOf(info.Category.CategoryID, info.Category.Name, own) : null,
    family: info?.ProductFamily?.ProductFamilyID
      ? namedOf(info.ProductFamily.ProductFamilyID, info.ProductFamily, own)
      : null,
    series: info?.ProductSeries?.SeriesID
      ? namedOf(info.ProductSeries.SeriesID, info.ProductSeries, own)
      : null,
    title: {
      ...under('INT', info?.TitleInfo?.GeneratedIntTitle),
      ...under(own, info?.TitleInfo ? undefined : info?.Title),
      ...underOwn(info?.TitleInfo?.GeneratedLocalTitle, own),
      // What the brand wrote goes before what was generated.
      ...underOwn(info?.TitleInfo?.BrandLocalTitle, own),
    },
    name: {
      ...under('INT', info?.ProductNameInfo?.ProductIntName ?? info?.ProductName),
      ...underOwn(info?.ProductNameInfo?.ProductLocalName, own),
    },
    summary: {
      short: under(own, info?.SummaryDescription?.ShortSummaryDescription),
      long: under(own, info?.SummaryDescription?.LongSummaryDescription),
    },
    description: {
      long: under(described, description?.LongDesc),
      middle: under(described, description?.MiddleDesc),
      short: under(described, description?.ShortDesc),
      warranty: under(described, description?.WarrantyInfo),
      url: under(described, description?.URL),
      disclaimer: under(described, description?.Disclaimer),
    },
    bullets: bulletsOf(info?.BulletPoints, own),
    generatedBullets: bulletsOf(info?.GeneratedBulletPoints, own),
    reasons: reasonsOf(data, own),
    images: imagesOf(data).filter(hasAddress),
    documents: documentsOf(data, described.toUpperCase()).filter(hasAddress),
    features: (data.FeaturesGroups ?? []).flatMap(({ Features }) =>
      (Features ?? []).flatMap((feature) => featureOf(feature, own)),
    ),
    variants: (data.Variants ?? []).map(({ VariantID, VariantIdentifiers }) => ({
      id: VariantID ?? '',
      gtins: (VariantIdentifiers ?? [])
        .filter((identifier) => /gtin|ean|upc/i.test(identifier['Identifier Type'] ?? ''))
        .map(({ Value }) => Value ?? ''),
    })),
    related: (data.ProductRelated ?? []).map(({ IcecatID, Brand, ProductCode }) => ({
      icecatId: IcecatID ?? '',
      brand: Brand ?? '',
      code: ProductCode ?? '',
    })),
  }
}

interface Tagged {
  Value?: string | undefined
  Language?: string | undefined
}

const underOwn = (tagged: Tagged | undefined, own: string): Record<string, string> =>
  under(orNull(tagged?.Language) ?? own, tagged?.Value)

const namedOf = (id: string, tagged: Tagged | undefined, own: string): Named => ({
  id,
  names: underOwn(tagged, own),
})

function bulletsOf(
  bullets: { Language?: string | undefined; Values?: string[] | undefined } | undefined,
  own: string,
): Record<string, string[]> {
  const values = (bullets?.Values ?? []).map(readText).filter((value) => value !== '')
  return values.length === 0 ? {} : { [(orNull(bullets?.Language) ?? own).toUpperCase()]: values }
}

function reasonsOf({ ReasonsToBuy = [] }: IcecatSheet, own: string): Sheet['reasons'] {
  const reasons: Record<string, { title: string; text: string }[]> = {}
  for (const { Language, Title, Value } of ReasonsToBuy) {
    const language = (orNull(Language) ?? own).toUpperCase()
    ;(reasons[language] ??= []).push({ title: readText(Title ?? ''), text: readText(Value ?? '') })
  }
  return reasons
}

function imagesOf({ Gallery = [], Image }: IcecatSheet): Asset[] {
  const inOrder = Gallery.filter(({ Pic }) => orNull(Pic) !== null).toSorted(
    (a, b) => Number(b.IsMain === 'Y') - Number(a.IsMain === 'Y') || Number(a.No) - Number(b.No),
  )
  const images = inOrder.map(({ ID, Pic, Size, Type, Updated }) => image(ID, Pic, Size, Type, Updated))
  if (images.length > 0 || !orNull(Image?.HighPic)) return images
  return [image(undefined, Image?.HighPic, Image?.HighPicSize, undefined, undefined)]
}

const image = (
  id: string | undefined,
  url: string | undefined,
  size: string | undefined,
  type: string | undefined,
  updated: string | undefined,
): Asset => ({
  id: orNull(id),
  url: withoutToken(url ?? ''),
  kind: 'image',
  type: type ?? '',
  contentType: '',
  size: readSize(size),
  language: null,
  updated: orNull(updated),
})

function documentsOf({ GeneralInfo, Multimedia = [] }: IcecatSheet, described: string): Asset[] {
  const description = GeneralInfo?.Description
  const pdf = (kind: 'leaflet' | 'manual', url: string | null, size: string | undefined): Asset[] =>
    url === null
      ? []
      : [
          {
            id: null,
            url: withoutToken(url),
            kind,
            type: kind,
            contentType: 'application/pdf',
            size: readSize(size),
            language: described,
            // The description has a date, its files have none.
            updated: null,
          },
        ]
  return [
    ...pdf(
      'leaflet',
      orNull(description?.LeafletPDFURL) ?? orNull(description?.PDFURL),
      description?.PDFSize,
    ),
    ...pdf('manual', orNull(description?.ManualPDFURL), description?.ManualPDFSize),
    ...Multimedia.filter(({ URL }) => orNull(URL) !== null).map(
      ({ ID, URL, Type = '', ContentType = '', Size, IsVideo, Language, Updated }): Asset => ({
        id: orNull(ID),
        url: withoutToken(URL ?? ''),
        kind: kindOfMultimedia(Type, ContentType, IsVideo === '1'),
        type: Type,
        contentType: ContentType,
        size: readSize(Size),
        language: orNull(Language)?.toUpperCase() ?? null,
        updated: orNull(Updated),
      }),
    ),
  ]
}

function featureOf(feature: IcecatFeature, own: string): SheetFeature[] {
  const inner = feature.Feature
  if (inner === undefined || inner.ID === '') return []
  // Values are translated word by word, whether or not the product has texts in that language: their name is the witness.
  const language = orNull(inner.Name?.Language)?.toUpperCase() ?? own
  const value = orNull(feature.RawValue) ?? feature.Value ?? ''
  const local = localOf(feature.LocalValue)
  return [
    {
      id: inner.ID,
      names: underOwn(inner.Name, own),
      type: orNull(feature.Type),
      value: readText(value),
      measure: measureOf(inner.Measure),
      shown: {
        [language]: {
          value: local?.value ?? value,
          sign: local?.sign ?? '',
          text: readText(orNull(feature.PresentationValue) ?? value),
        },
      },
      mandatory: feature.Mandatory === '1',
      searchable: feature.Searchable === '1',
    },
  ]
}

interface Measure {
  ID?: string | undefined
  Sign?: string | undefined
  Signs?: { _?: string | undefined; Value?: string | undefined } | undefined
}

const signOf = (measure: Measure | undefined): string =>
  orNull(measure?.Signs?._) ?? orNull(measure?.Signs?.Value) ?? measure?.Sign ?? ''

/** The international sign where there is one: the unit of the value, not of the language. */
const measureOf = (measure: Measure | undefined) => {
  const id = measure?.ID ?? ''
  const sign = orNull(measure?.Sign) ?? signOf(measure)
  return id === '' && sign === '' ? null : { id, sign }
}

/** An object with its own unit, a plain text, or `[]`. */
function localOf(local: IcecatFeature['LocalValue']): { value: string; sign: string } | undefined {
  const { Value, Measure } = typeof local === 'object' ? local : { Value: local, Measure: undefined }
  return Value === undefined || Value === '' ? undefined : { value: String(Value), sign: signOf(Measure) }
}
