/** What an answer of Icecat that is no sheet means, and for how much of the work. */
export interface Verdict {
  outcome: Outcome
  /** Stable, for reports and decisions. */
  code: string
  /** How much of the work it ends: this product, this language for all products, or the run. */
  scope: 'product' | 'language' | 'run'
  /** Who can change it. */
  who: 'operator' | 'icecat' | 'nobody'
  remedy: string
}

export type Outcome =
  'not-found' | 'restricted' | 'embargoed' | 'language-unknown' | 'refused' | 'transient' | 'unclear'

const product = (outcome: Outcome, code: string, who: Verdict['who'], remedy: string): Verdict => ({
  outcome,
  code,
  scope: 'product',
  who,
  remedy,
})

const run = (code: string, who: Verdict['who'], remedy: string): Verdict => ({
  outcome: 'refused',
  code,
  scope: 'run',
  who,
  remedy,
})

/**
 * By Icecat's own number (`StatusCode`). HTTP statuses decide only where there is none, and texts never: 400 alone means bad
 * keys to one of Icecat's plugins and an unknown GTIN to another.
 */
export const statusVerdicts: Readonly<Partial<Record<number, Verdict>>> = {
  1: run('parameter-missing', 'operator', 'Icecat got no user name or no language: check icecat.username.'),
  2: {
    outcome: 'language-unknown',
    code: 'language-unknown',
    scope: 'language',
    who: 'operator',
    remedy: 'Icecat does not have this language: correct it under languages in the mapping file.',
  },
  3: run('user-unknown', 'operator', 'Icecat does not know this user name: check icecat.username.'),
  4: product(
    'not-found',
    'identifier-unknown',
    'icecat',
    'Icecat knows no product by this identifier; the next one is tried.',
  ),
  5: run(
    'address-not-allowed',
    'operator',
    'Icecat does not take calls from this address: add it to the list in My Profile, or use an API token.',
  ),
  6: run('no-shop-key', 'icecat', 'Icecat has made no key for this shop yet: ask Icecat for it.'),
  7: run('app-key-of-another', 'operator', 'The app_key belongs to another user: check icecat.appKey.'),
  8: product(
    'not-found',
    'no-sheet',
    'icecat',
    'Icecat knows the product and has no sheet of it: it can be asked for.',
  ),
  9: product(
    'restricted',
    'full-only',
    'operator',
    'Only Full Icecat has this product: a matter of the subscription.',
  ),
  10: run('app-key-unknown', 'operator', 'Icecat does not know this app_key: check icecat.appKey.'),
  12: product(
    'restricted',
    'vertical',
    'operator',
    'The subscription does not cover this product’s vertical.',
  ),
  19: run('token-malformed', 'operator', 'The API token is no UUID: copy it again from My Profile.'),
  404: product(
    'embargoed',
    'embargoed',
    'nobody',
    'The sheet is not released yet; it is asked for again after its date.',
  ),
}

const byHttp: Readonly<Partial<Record<number, Verdict>>> = {
  401: run(
    'credentials',
    'operator',
    'Icecat refuses user, password or token: check icecat.username, its password and tokens, and whether the account is still what icecat.subscription says (a Full one that became Open is refused like this).',
  ),
  403: product(
    'restricted',
    'brand',
    'operator',
    'The brand has not allowed this account: ask for permission at Icecat.',
  ),
  404: product(
    'not-found',
    'no-sheet',
    'icecat',
    'Icecat has no sheet of this product: it can be asked for.',
  ),
  408: {
    ...product('transient', 'timeout', 'nobody', 'Icecat was too slow; the call is tried again.'),
    scope: 'run',
  },
  429: {
    ...product('transient', 'too-many-requests', 'nobody', 'Icecat is asked too much; everybody waits.'),
    scope: 'run',
  },
}

const serverTrouble: Verdict = {
  outcome: 'transient',
  code: 'server-error',
  scope: 'run',
  who: 'icecat',
  remedy: 'Icecat is in trouble; the call is tried again.',
}

const redirected = run('redirected', 'operator', 'Redirects are not followed: check icecat.url.')

const unclear: Verdict = product(
  'unclear',
  'unknown-status',
  'icecat',
  'Icecat answered with a number that is not documented; the product is left as it is, and asked for again next time.',
)

/** `status`: Icecat's own number, null where the body has none. */
export function verdictOf(http: number, status: number | null): Verdict {
  // What passes by itself passes whatever the body says.
  if (http >= 500) return serverTrouble
  if (http === 429 || http === 408) return byHttp[http] ?? serverTrouble
  const known = status === null ? undefined : statusVerdicts[status]
  if (known !== undefined) return known
  if (http >= 300 && http < 400) return redirected
  return byHttp[http] ?? unclear
}

/** The XML door says everything with status 200 and a text; these were seen on the wire, whatever their letter case. */
const xmlTexts: readonly [text: RegExp, verdict: Verdict | undefined][] = [
  [/data-?sheet is not present/i, statusVerdicts[8]],
  [/^no xml data/i, statusVerdicts[8]],
  [/vendor does not exist/i, statusVerdicts[4]],
  [/not allowed to have full icecat access/i, statusVerdicts[9]],
  [/access to this product and language is restricted/i, byHttp[403]],
]

export function xmlVerdictOf(http: number, message: string): Verdict {
  const found = xmlTexts.find(([text]) => text.test(message))?.[1]
  if (found !== undefined) return found
  return http === 200 ? unclear : verdictOf(http, null)
}
