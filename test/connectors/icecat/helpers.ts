import { Secret } from '../../../domain/secret.ts'
import { createIcecatClient, type IcecatClient, type SheetAnswer } from '../../../connectors/icecat/client.ts'
import { icecatDefaults, type IcecatSettings } from '../../../connectors/icecat/settings.ts'
import type { Sheet } from '../../../domain/enrichment/sheet.ts'
import { FULL_API_TOKEN, type IcecatSimulator, OPEN_API_TOKEN } from '../../../simulator/icecat/index.ts'

export { icecat, recordedSheets } from '../../simulator/icecat/helpers.ts'

/** What the Full account of a simulator has, all doors at its one address. */
export const settingsOf = (
  { url }: Pick<IcecatSimulator, 'url'>,
  changes: Partial<IcecatSettings> = {},
): IcecatSettings => ({
  ...icecatDefaults,
  liveUrl: url,
  dataUrl: url,
  boUrl: url,
  profileUrl: url,
  username: 'full-shop',
  password: new Secret('full-shop-password'),
  apiToken: new Secret(FULL_API_TOKEN),
  appKey: new Secret('full-app-key'),
  contentToken: null,
  subscription: 'full',
  throttle: { concurrency: 4, perSecond: 10_000 },
  timeoutMs: 5000,
  ...changes,
})

/** What differs for an Open account. */
export const openAccount = {
  username: 'open-shop',
  apiToken: new Secret(OPEN_API_TOKEN),
  appKey: null,
  subscription: 'open' as const,
}

export const clientOf = (
  simulator: Pick<IcecatSimulator, 'url'>,
  changes: Partial<IcecatSettings> = {},
): IcecatClient => createIcecatClient({ name: 'acme', icecat: settingsOf(simulator, changes) })

export function found(answer: SheetAnswer): Sheet {
  if (!('sheet' in answer)) throw new Error(`no sheet: ${answer.outcome}`)
  return answer.sheet
}

export const byId = (icecatId: string) => ({ by: 'icecatId', icecatId }) as const
export const byGtin = (gtin: string) => ({ by: 'gtin', gtin }) as const

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const gathered: Item[] = []
  for await (const item of items) gathered.push(item)
  return gathered
}
