/** Icecat's languages by `langid`: short codes as its addresses and its JSON use them; no locale can be derived from them. */
export const shortCodes: readonly string[] = [
  ...['INT', 'EN', 'NL', 'FR', 'DE', 'IT', 'ES', 'DK', 'RU', 'US', 'BR', 'PT', 'ZH', 'SE', 'PL', 'CZ'],
  ...['HU', 'FI', 'EL', 'NO', 'TR', 'BG', 'KA', 'RO', 'SR', 'UK', 'JA', 'CA', 'ES_AR', 'HR', 'AR', 'VI'],
  ...['KO', 'MK', 'SL', 'EN_SG', 'EN_ZA', 'ZH_TW', 'HE', 'LT', 'LV', 'EN_IN', 'DE_CH', 'ID', 'SK', 'FA'],
  ...['ES_MX', 'ET', 'DE_BE', 'FR_BE', 'NL_BE', 'TH', 'RU_UA', 'DE_AT', 'FR_CH', 'EN_NZ', 'EN_SA', 'EN_ID'],
  ...[
    'EN_MY',
    'HI',
    'FR_CA',
    'TE',
    'TA',
    'KN',
    'EN_IE',
    'ML',
    'EN_AE',
    'ES_CL',
    'ES_PE',
    'ES_CO',
    'MR',
    'BN',
  ],
  ...['MS', 'EN_AU', 'IT_CH', 'EN_PH', 'FL_PH', 'EN_CA'],
]

/** Undefined for a number that is not known; `0` is `INT`. */
export const languageOfId = (langid: string | undefined): string | undefined =>
  langid === undefined || !/^\d+$/.test(langid) ? undefined : shortCodes[Number(langid)]

export const isLanguage = (code: string): boolean => shortCodes.includes(code)

/**
 * Akeneo locales whose Icecat code is not the locale's own language: proposals for a new mapping, never used unseen. Facts:
 * Icecat's list of languages.
 */
const unlike: Readonly<Record<string, readonly string[]>> = {
  da_DK: ['DK'],
  sv_SE: ['SE'],
  cs_CZ: ['CZ'],
  pt_BR: ['BR', 'PT'],
  en_US: ['US', 'EN'],
  zh_CN: ['ZH'],
  uk_UA: ['UK'],
  nb_NO: ['NO'],
  nn_NO: ['NO'],
}

/** A chain to propose for a locale: its own variant, then its language. Empty when Icecat has neither. */
export function proposedChain(locale: string): string[] {
  const own = unlike[locale]
  if (own !== undefined) return [...own]
  const [language = '', country = ''] = locale.toUpperCase().split('_')
  return [`${language}_${country}`, language].filter(isLanguage)
}
