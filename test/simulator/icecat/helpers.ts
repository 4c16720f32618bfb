import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import {
  FULL_API_TOKEN,
  startIcecat,
  type IcecatOptions,
  type IcecatSimulator,
} from '../../../simulator/icecat/index.ts'

const running: IcecatSimulator[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

/** A stand-in that ends with the test. */
export async function icecat(options: IcecatOptions = {}): Promise<IcecatSimulator> {
  const simulator = await startIcecat(options)
  running.push(simulator)
  return simulator
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** Undefined where the answer is no JSON. */
  json: {
    msg?: string
    data?: Sheet
    Code?: number
    StatusCode?: number
    Message?: string
    statusCode?: number
  }
}

/** What tests look at of a sheet. */
export interface Sheet {
  GeneralInfo: {
    IcecatId: number
    Title: string
    GTIN: string | string[]
    GTINs: unknown[]
    BulletPoints: unknown
    Category: { Name: { Value: string; Language: string } }
    Description: unknown
  }
  Gallery: { Pic: string; IsMain: string }[]
  FeaturesGroups: { Features: FeatureLine[] }[]
  [block: string]: unknown
}

interface FeatureLine {
  Value: unknown
  Type: string
  PresentationValue: string
  LocalValue: { Value: string; Measure: { Signs: { _: string } } }
  Feature: { ID: string; Measure: { Sign: string } }
}

export const featureOf = (sheet: Sheet | undefined, id: string): FeatureLine => {
  const found = sheet?.FeaturesGroups.flatMap(({ Features }) => Features).find(
    ({ Feature }) => Feature.ID === id,
  )
  if (found === undefined) throw new Error(`the sheet has no feature ${id}`)
  return found
}

export async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, { headers })
  const text = await response.text()
  let json: Answer['json'] = {}
  try {
    json = JSON.parse(text) as Answer['json']
  } catch {
    // An XML answer, or one that was broken on purpose.
  }
  return { status: response.status, headers: response.headers, text, json }
}

/** Asks the JSON door as the Full account does, unless the query says otherwise. */
export const ask = (simulator: IcecatSimulator, query: Record<string, string>, headers = fullHeaders) =>
  get(
    `${simulator.url}/api?${new URLSearchParams({ lang: 'EN', shopname: 'full-shop', ...query }).toString()}`,
    headers,
  )

/** The XML door, with its semicolons. */
export const askXml = (simulator: IcecatSimulator, query: Record<string, string>, headers = fullHeaders) =>
  get(
    `${simulator.url}/xml_s3/xml_server3.cgi?${Object.entries({ lang: 'EN', output: 'productxml', ...query })
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join(';')}`,
    headers,
  )

export const fullHeaders: Record<string, string> = { 'api-token': FULL_API_TOKEN }

export const basic = (name: string, password = `${name}-password`): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})

/** Answers that Icecat once gave, where this machine has them. */
export const recordedSheets = (): string | undefined => {
  const base = process.env['PIMFLOW_REFERENCE_DATA']
  return [base, base && join(base, 'icecat-recorded'), base && join(base, '../icecat-recorded')]
    .filter((folder) => folder !== undefined)
    .find((folder) => existsSync(join(folder, 'files.index.sample.xml')))
}
