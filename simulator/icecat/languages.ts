/** Icecat's languages by number: its XML names them by `langid`, its addresses and its JSON by short code. */
const SHORT_CODES =
  'INT EN NL FR DE IT ES DK RU US BR PT ZH SE PL CZ HU FI EL NO TR BG KA RO SR UK JA CA ES_AR HR AR VI KO MK SL EN_SG EN_ZA ZH_TW HE LT LV EN_IN DE_CH ID SK FA ES_MX ET DE_BE FR_BE NL_BE TH RU_UA DE_AT FR_CH EN_NZ EN_SA EN_ID EN_MY HI FR_CA TE TA KN EN_IE ML EN_AE ES_CL ES_PE ES_CO MR BN MS EN_AU IT_CH EN_PH FL_PH EN_CA'.split(
    ' ',
  )

/** Undefined for a number that Icecat does not have. */
export const languageOf = (langid: string | number): string | undefined => SHORT_CODES[Number(langid)]

/** -1 for a code that Icecat does not have. */
export const langidOf = (language: string): number => SHORT_CODES.indexOf(language)

export const allLanguages: readonly string[] = SHORT_CODES
