/** What Icecat answers instead of a sheet. `status` is its own number, `code` the HTTP status that goes with it. */
export class IcecatError extends Error {
  readonly status: number | null
  readonly code: number

  constructor(status: number | null, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
}

/** HTTP statuses of 1 to 3, 5 to 7, 10 and 12 are not confirmed; clients key on the number in the body. */
export const failures = {
  parameterMissing: () => new IcecatError(1, 400, 'User name and language are needed.'),
  languageUnknown: (code: string) => new IcecatError(2, 400, `There is no language "${code}" here.`),
  userUnknown: () => new IcecatError(3, 400, 'This user is not known.'),
  identifierWrong: () => new IcecatError(4, 400, 'No product is known by this identifier.'),
  addressNotAllowed: () => new IcecatError(5, 403, 'This address is not on the list of the account.'),
  noShopKey: () => new IcecatError(6, 403, 'There is no key for this shop.'),
  appKeyOfAnother: () => new IcecatError(7, 403, 'This app_key is another user’s.'),
  noSheet: () => new IcecatError(8, 404, 'There is no data-sheet for this product.'),
  fullOnly: () => new IcecatError(9, 403, 'This product is Full Icecat content: an app_key is needed.'),
  appKeyUnknown: () => new IcecatError(10, 403, 'This app_key is not known.'),
  otherVertical: () => new IcecatError(12, 403, 'This product is outside the verticals of the subscription.'),
  tokenMalformed: () => new IcecatError(19, 400, 'The API token is not a UUID.'),
  embargoed: () => new IcecatError(404, 404, 'This data-sheet is not released yet.'),
  badCredentials: () => new IcecatError(null, 401, 'User, password or token is wrong.'),
  brandRestricted: () => new IcecatError(null, 403, 'The brand has not allowed access to its content.'),
}

/** The body of a refusal on the JSON door. */
export function errorBody({ status, code, message }: IcecatError, legacy: boolean): object {
  if (legacy) return { statusCode: status ?? code, message }
  return {
    Code: code,
    Error: PHRASES[code] ?? 'Error',
    Message: message,
    ...(status === null ? {} : { StatusCode: status }),
  }
}

/** What clients have seen on the wire: text is the only thing that tells these apart. */
const XML_MESSAGES: Readonly<Record<number, string>> = {
  4: 'The requested XML data-sheet is not present in the Icecat database.',
  8: 'The requested XML data-sheet is not present in the Icecat database.',
  9: 'You are not allowed to have Full Icecat access',
  404: 'The requested XML data-sheet is not present in the Icecat database.',
}

export const xmlMessage = ({ status, message }: IcecatError): string =>
  (status === null ? undefined : XML_MESSAGES[status]) ?? message
