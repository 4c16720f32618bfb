import { checkAccess, type Accounts, type Caller } from '../accounts.ts'
import { errorBody, failures, IcecatError, xmlMessage } from '../errors.ts'
import { langidOf } from '../languages.ts'
import type { Product } from '../model.ts'
import type { Settings } from '../options.ts'
import { renderJson } from '../render/json.ts'
import { recordedLinks } from '../render/text.ts'
import { renderXml, renderXmlError } from '../render/xml.ts'
import type { World } from '../world.ts'
import { json, xml, type Answer, type Call } from './answer.ts'

export interface DoorParts {
  settings: Settings
  world: World
  accounts: Accounts
}

const value = ({ query }: Call, ...names: string[]): string | null => {
  for (const name of names) {
    const found = query.get(name)
    if (found !== undefined && found !== '') return found
  }
  return null
}

/** `live.icecat.biz/api`: one sheet, one language, as JSON. */
export function jsonDoor(parts: DoorParts, call: Call): Answer {
  try {
    const language = value(call, 'lang', 'language')
    const user = value(call, 'shopname', 'username')
    if (language === null || user === null) throw failures.parameterMissing()
    const caller = parts.accounts.byToken({
      headers: call.headers,
      user,
      appKey: value(call, 'app_key'),
      address: call.address,
    })
    if (langidOf(language.toUpperCase()) <= 0) throw failures.languageUnknown(language)
    const product = find(parts.world, call)
    checkAccess(parts.world, caller, product)
    const data = renderJson(product, parts.world.catalogue, {
      language: language.toUpperCase(),
      content: (value(call, 'content') ?? '').split(',').filter((name) => name.trim() !== ''),
      origin: call.origin,
      contentToken: caller.contentToken,
    })
    return json({ msg: 'OK', data })
  } catch (error) {
    if (!(error instanceof IcecatError)) throw error
    return json(errorBody(error, parts.settings.legacyErrors), error.code)
  }
}

/** `data.icecat.biz/xml_s3/xml_server3.cgi`: one sheet, one language or all, as XML; refusals come with status 200. */
export function xmlDoor(parts: DoorParts, call: Call): Answer {
  try {
    const caller = parts.accounts.byPassword({ headers: call.headers, address: call.address })
    const language = (value(call, 'lang', 'language') ?? '').toUpperCase()
    if (langidOf(language) < 0) throw failures.languageUnknown(language)
    const product = find(parts.world, call)
    checkAccess(parts.world, caller, product)
    return xml(sheet(parts, product, language, call, caller))
  } catch (error) {
    if (!(error instanceof IcecatError)) throw error
    if (error.code === 401) return xml(renderXmlError(error.message), 401)
    if (error.status === null)
      return xml(renderXmlError('Access to this product and language is restricted.'), 404)
    return xml(renderXmlError(xmlMessage(error)))
  }
}

/** `export/level4/EN/123.xml`: the same sheet as a file; what one may not have is not there. */
export function sheetFile(parts: DoorParts, call: Call, language: string, id: string): Answer {
  const caller = parts.accounts.byPassword({ headers: call.headers, address: call.address })
  const product = parts.world.byId(id)
  if (product === undefined) return xml('', 404)
  try {
    checkAccess(parts.world, caller, product)
    return xml(sheet(parts, product, language, call, caller))
  } catch (error) {
    if (!(error instanceof IcecatError)) throw error
    return xml('', 404)
  }
}

function sheet(
  { world }: DoorParts,
  product: Product,
  language: string,
  { origin }: Call,
  { contentToken }: Caller,
): string {
  const recorded = product.recorded[language]
  if (recorded !== undefined) return recordedLinks(recorded, origin, contentToken)
  return renderXml(product, world.catalogue, { language, origin, contentToken })
}

/** By GTIN, by brand and code, by Icecat's id; whichever is given first. */
function find(world: World, call: Call): Product {
  const gtin = value(call, 'gtin', 'ean_upc')
  if (gtin !== null) return world.byGtin(gtin) ?? missing()
  const id = value(call, 'icecat_id', 'product_id')
  if (id !== null) return world.byId(id) ?? missing()
  const brand = value(call, 'brand', 'vendor')
  const code = value(call, 'productcode', 'prod_id')
  if (brand === null || code === null) return missing()
  const brandId = world.brandId(brand)
  return (brandId === undefined ? undefined : world.byCode(brandId, code)) ?? missing()
}

function missing(): never {
  throw failures.identifierWrong()
}

/** The two calls by which Icecat's own plugins find out what an account may see. */
export function sessionDoor({ accounts }: DoorParts, { body }: Call): Answer {
  let asked: { Login?: unknown; Password?: unknown }
  try {
    asked = JSON.parse(body) as typeof asked
  } catch {
    return json({ Error: 'Bad Request' }, 400)
  }
  const id = accounts.session(String(asked.Login), String(asked.Password))
  return id === undefined ? json({ Error: 'Unauthorized' }, 401) : json({ Data: { SessionId: id } })
}

export function profileDoor({ accounts }: DoorParts, call: Call): Answer {
  const account = accounts.bySession(value(call, 'accesskey') ?? '')
  if (account === undefined) return json({ Error: 'Unauthorized' }, 401)
  return json({ Data: { SubscriptionLevel: account.subscription === 'full' ? '1' : '5' } })
}
