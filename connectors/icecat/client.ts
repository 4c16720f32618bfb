import { storableText, unstorable } from '../../domain/storable.ts'
import { type Identifier, identifierText } from '../../domain/enrichment/identifier.ts'
import type { Sheet } from '../../domain/enrichment/sheet.ts'
import { retryAfterMs } from '../http-headers.ts'
import { ContractError, TransientError } from '../errors.ts'
import { createHttp, type HttpAnswer, type HttpClient } from '../http.ts'
import { judge, notReadable, settled } from './answers.ts'
import { assetVerdict, foreignAsset, isOurs, writeAsset } from './assets.ts'
import { type Download, openDownload } from './download.ts'
import { type IndexKind, indexPath, type ReferenceName, referenceFiles, repositoryOf } from './files.ts'
import { createPace, type Pace } from './pace.ts'
import { jsonParameters, xmlParameters } from './parameters.ts'
import { IcecatAnswer, IcecatProfile, IcecatSession } from './schema.ts'
import type { IcecatConnection } from './settings.ts'
import { sheetOfJson } from './translate/json-sheet.ts'
import { referenceReaders, type References } from './translate/references.ts'
import { refusalOf, sheetOfXml } from './translate/xml-sheet.ts'
import { type Verdict, xmlVerdictOf, verdictOf } from './verdicts.ts'
import { elementsOf, readElements, type XmlElement } from './xml/read-elements.ts'

/** A sheet, or why there is none; what ends the run is thrown instead. */
export type SheetAnswer =
  { outcome: 'found'; sheet: Sheet } | { outcome: Verdict['outcome']; verdict: Verdict }

/** A file of Icecat's that lies on this machine's disk now. */
export interface IcecatAsset {
  size: number
  contentType: string
}

export interface IcecatClient {
  /** One language, by the JSON door: one call. */
  sheet(identifier: Identifier, language: string, signal?: AbortSignal): Promise<SheetAnswer>
  /** One language, or all of them with `INT`, by the XML door: one call. */
  sheetByXml(identifier: Identifier, language: string, signal?: AbortSignal): Promise<SheetAnswer>
  /** The XML of an index, unpacked, piece by piece. */
  openIndex(kind: IndexKind, language: string, signal?: AbortSignal): Promise<AsyncIterable<Buffer>>
  /** The records of a reference file, one by one; never the whole list at once. */
  references<Name extends ReferenceName>(name: Name, signal?: AbortSignal): AsyncGenerator<References[Name]>
  /**
   * Writes a picture or document to a file, in constant memory; null: there is no such file any more. More than `maxBytes` is a
   * ContractError, `asset-too-large`.
   */
  asset(
    url: string,
    to: { path: string; maxBytes: number },
    signal?: AbortSignal,
  ): Promise<IcecatAsset | null>
  /** What the account may see, as Icecat itself says; needs the account's password. */
  subscription(signal?: AbortSignal): Promise<'open' | 'full' | 'none'>
}

/** A sheet has 100 kB, one in all languages some MB. */
const largestSheet = 32 * 1024 * 1024
/** No piece of a file for so long: the connection is dead. */
const idleMs = 60_000

/** One that keeps the pace of its process. */
export const createIcecatClient = (connection: IcecatConnection): IcecatClient =>
  createIcecatDoors(connection)(createPace(connection.icecat.throttle))

/** Clients that share their sockets, each at the pace that it is given. */
export function createIcecatDoors(connection: IcecatConnection): (pace: Pace) => IcecatClient {
  const { timeoutMs } = connection.icecat
  const sheets = createHttp({
    caller: { service: 'icecat', connection: connection.name },
    timeoutMs,
    maxBodyBytes: largestSheet,
    reach: 'public',
  })
  return (pace) => clientOf(connection, pace, sheets)
}

function clientOf({ name, icecat }: IcecatConnection, pace: Pace, sheets: HttpClient): IcecatClient {
  const { username } = icecat
  return { sheet, sheetByXml, openIndex, references, asset, subscription }

  async function sheet(
    ...[identifier, language, signal]: Parameters<IcecatClient['sheet']>
  ): Promise<SheetAnswer> {
    const asked = `GET sheet of ${identifierText(identifier)} in ${language} for ${name}`
    const url = new URL('/api', icecat.liveUrl)
    const query = { lang: language, shopname: username, ...jsonParameters(identifier) }
    for (const [parameter, value] of Object.entries(query)) url.searchParams.set(parameter, value)
    if (icecat.appKey) url.searchParams.set('app_key', icecat.appKey.reveal())
    const answer = await send(url, asked, tokens(), signal)
    if (answer.status !== 200) return refused(judge(answer, asked))
    const json = jsonOf(answer, asked)
    const problem = unstorable(json)
    if (problem) throw offContract(asked, `${storableText(problem.path.join('.'))} ${problem.message}`)
    const parsed = IcecatAnswer.safeParse(json)
    if (!parsed.success) throw offContract(asked, parsed.error.issues[0]?.path.join('.') ?? '')
    const { data } = parsed.data
    if (data.GeneralInfo === undefined || data.GeneralInfo.IcecatId === '')
      throw offContract(asked, 'GeneralInfo')
    return { outcome: 'found', sheet: sheetOfJson(data, language) }
  }

  async function sheetByXml(
    ...[identifier, language, signal]: Parameters<IcecatClient['sheetByXml']>
  ): Promise<SheetAnswer> {
    const asked = `GET XML sheet of ${identifierText(identifier)} in ${language} for ${name}`
    const parameters = { ...xmlParameters(identifier), lang: language, output: 'productxml' }
    // This door takes its parameters with semicolons.
    const query = Object.entries(parameters)
      .map(([parameter, value]) => `${parameter}=${encodeURIComponent(value)}`)
      .join(';')
    const url = new URL(`/xml_s3/xml_server3.cgi?${query}`, icecat.dataUrl)
    const answer = await send(url, asked, { ...basic(), ...tokens(), accept: 'text/xml' }, signal)
    const [product] = productsOf(answer, asked)
    if (product === undefined) {
      const verdict = verdictOf(answer.status, null)
      if (answer.status === 200) throw notReadable(asked, '200 with XML that holds no product')
      return refused(settled(verdict, asked, String(answer.status), answer))
    }
    const refusal = refusalOf(product)
    if (refusal === null) return { outcome: 'found', sheet: sheetOfXml(product, language) }
    const came = `${answer.status} "${refusal.slice(0, 200)}"`
    return refused(settled(xmlVerdictOf(answer.status, refusal), asked, came, answer))
  }

  /** What is no XML at all says what it says by its status. */
  function productsOf(answer: HttpAnswer, asked: string): XmlElement[] {
    try {
      return elementsOf(answer.body.toString('utf8'), new Set(['Product']), asked)
    } catch (error) {
      if (answer.status !== 200 && error instanceof TransientError) return []
      throw error
    }
  }

  async function openIndex(...[kind, language, signal]: Parameters<IcecatClient['openIndex']>) {
    return openFile(indexPath(kind, language), signal)
  }

  async function* references<Name extends ReferenceName>(
    reference: Name,
    signal?: AbortSignal,
  ): AsyncGenerator<References[Name]> {
    const { path, element } = referenceFiles[reference]
    const pieces = await openFile(path, signal)
    const read = referenceReaders[reference]
    for await (const found of readElements(pieces, new Set([element]), `GET ${path} for ${name}`)) {
      const record = read(found)
      if (record !== undefined) yield record
    }
  }

  async function openFile(path: string, signal: AbortSignal | undefined): Promise<Download['pieces']> {
    const full = `/${repositoryOf(icecat.subscription)}/${path}`
    const asked = `GET ${full} for ${name}`
    const download = await openDownload({
      url: new URL(full, icecat.dataUrl),
      headers: { ...basic(), ...tokens() },
      asked,
      idleMs,
      gzip: path.endsWith('.gz'),
      ...(signal ? { signal } : {}),
    })
    if (download.status === 200) return download.pieces
    const verdict = verdictOf(download.status, null)
    const came = `${download.status}`
    // A file that is not there, or not for this account, is no matter of one product.
    const forRun = verdict.scope === 'product' ? { ...verdict, outcome: 'refused' as const } : verdict
    settled({ ...forRun, remedy: fileRemedy(verdict) }, asked, came, download)
    throw notReadable(asked, came)
  }

  async function asset(...[url, { path, maxBytes }, signal]: Parameters<IcecatClient['asset']>) {
    const address = new URL(url)
    const asked = `GET ${address.host}${address.pathname} for ${name}`
    if (!isOurs(address, icecat)) throw foreignAsset(asked, address)
    if (icecat.contentToken) address.searchParams.set('content_token', icecat.contentToken.reveal())
    const download = await openDownload({
      url: address,
      headers: { accept: '*/*' },
      asked,
      idleMs,
      gzip: false,
      ...(signal ? { signal } : {}),
    })
    const { status, headers } = download
    if (status === 404 || status === 410) return null
    if (status !== 200) settled(assetVerdict(status), asked, String(status), download)
    const size = await writeAsset(download.pieces, path, maxBytes, asked)
    return { size, contentType: String(headers['content-type'] ?? '').split(';')[0] ?? '' }
  }

  async function subscription(signal?: AbortSignal): Promise<'open' | 'full' | 'none'> {
    const asked = `POST session of ${name}`
    const session = await sheets.send({
      method: 'POST',
      url: new URL('/restful/v3/Session', icecat.boUrl),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Login: username, Password: icecat.password?.reveal() ?? '', Session: 'Rest' }),
      asked,
      ...(signal ? { signal } : {}),
    })
    if (session.status !== 200)
      settled(verdictOf(session.status, null), asked, String(session.status), session)
    const { data: opened } = IcecatSession.safeParse(jsonOf(session, asked))
    if (opened === undefined) throw offContract(asked, 'Data.SessionId')
    const url = new URL('/rest/user-profile', icecat.profileUrl)
    url.searchParams.set('AccessKey', opened.Data.SessionId)
    const profile = await sheets.send({ method: 'GET', url, asked, ...(signal ? { signal } : {}) })
    if (profile.status !== 200)
      settled(verdictOf(profile.status, null), asked, String(profile.status), profile)
    const { data: found } = IcecatProfile.safeParse(jsonOf(profile, asked))
    if (found === undefined) throw offContract(asked, 'Data.SubscriptionLevel')
    return levels[found.Data.SubscriptionLevel] ?? 'none'
  }

  async function send(
    url: URL,
    asked: string,
    headers: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    try {
      return await pace.run(
        () =>
          sheets.send({ method: 'GET', url, headers, asked, ...(signal ? { signal } : {}) }).then(slowDown),
        signal,
      )
    } catch (error) {
      if (error instanceof TransientError && error.retryAfterMs !== undefined)
        await pace.pause(error.retryAfterMs)
      throw error
    }
  }

  /** What one call is told by a 429 holds for all. */
  async function slowDown(answer: HttpAnswer): Promise<HttpAnswer> {
    if (answer.status === 429) await pace.pause(retryAfterMs(answer.headers, new Date()) ?? defaultPauseMs)
    return answer
  }

  function tokens(): Record<string, string> {
    const { apiToken, contentToken } = icecat
    if (apiToken === null) return {}
    return {
      'Api-Token': apiToken.reveal(),
      ...(contentToken ? { 'Content-Token': contentToken.reveal() } : {}),
    }
  }

  function basic(): Record<string, string> {
    if (icecat.password === null) return {}
    const pair = Buffer.from(`${username}:${icecat.password.reveal()}`).toString('base64')
    return { authorization: `Basic ${pair}` }
  }
}

/** A client that was seen in practice began with 5 seconds. */
const defaultPauseMs = 5000

/** Icecat's plugins read the level so; 0 is none. */
const levels: Readonly<Record<string, 'open' | 'full'>> = {
  '1': 'full',
  '4': 'full',
  '5': 'open',
  '6': 'open',
}

const refused = (verdict: Verdict): SheetAnswer => ({ outcome: verdict.outcome, verdict })

function jsonOf({ body, headers }: HttpAnswer, asked: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    const type = String(headers['content-type'] ?? 'no content type')
    throw notReadable(asked, `200 with ${type}, ${body.length} bytes that are not JSON`)
  }
}

const offContract = (asked: string, path: string) =>
  new ContractError({
    code: 'off-contract',
    asked,
    came: `a sheet without what identifies it, or of another form: ${path}`,
    remedy: 'This answer does not fit what Icecat documents: update pimflow, or report it with this message.',
  })

const noSuchFile =
  'Icecat has no such file for this account: check icecat.subscription and the languages of the mapping.'

const fileRemedies: Readonly<Record<string, string>> = {
  brand: noSuchFile,
  'no-sheet': noSuchFile,
  // Such as 400: where a sheet is refused a number says why, here nothing does.
  'unknown-status':
    'Icecat refuses this file and does not say why: check that icecat.apiToken is a whole UUID, and icecat.subscription.',
}

const fileRemedy = ({ code, remedy }: Verdict): string => fileRemedies[code] ?? remedy
