import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { ContractError } from '../errors.ts'
import type { IcecatSettings } from './settings.ts'
import { type Verdict, verdictOf } from './verdicts.ts'

/** Whether a file's address is Icecat's: only there is it fetched, and only there does the content token go. */
export function isOurs(address: URL, { assetDomains, dataUrl, liveUrl }: IcecatSettings): boolean {
  const doors = [dataUrl, liveUrl].map((url) => new URL(url))
  if (doors.some(({ origin }) => origin === address.origin)) return true
  if (address.protocol !== 'https:' && address.protocol !== 'http:') return false
  return assetDomains.some((domain) => address.hostname === domain || address.hostname.endsWith(`.${domain}`))
}

export const foreignAsset = (asked: string, { host }: URL) =>
  new ContractError({
    code: 'foreign-asset',
    asked,
    came: `an address on ${host}`,
    remedy: `The file is left out: ${host} is not Icecat's. Add it to icecat.assetDomains if it is to be trusted.`,
  })

/** 403 of an asset is a matter of the token, which everything needs. */
export function assetVerdict(status: number): Verdict {
  const verdict = verdictOf(status, null)
  if (status !== 403) return verdict
  return {
    outcome: 'refused',
    code: 'content-token',
    scope: 'run',
    who: 'operator',
    remedy: 'Icecat gives no file without a content token: check icecat.contentToken.',
  }
}

/** Writes the bytes as they come; returns how many they were. */
export async function writeAsset(
  pieces: AsyncIterable<Buffer>,
  path: string,
  maxBytes: number,
  asked: string,
): Promise<number> {
  let size = 0
  await pipeline(counted(), createWriteStream(path))
  return size

  async function* counted() {
    for await (const piece of pieces) {
      size += piece.length
      if (size > maxBytes) throw assetTooLarge(asked, maxBytes)
      yield piece
    }
  }
}

const assetTooLarge = (asked: string, maxBytes: number) =>
  new ContractError({
    code: 'asset-too-large',
    asked,
    came: `more than ${Math.floor(maxBytes / 1024 / 1024)} MiB`,
    remedy: 'The file is left out: it is larger than its attribute takes, or than a file of Icecat may be.',
  })
