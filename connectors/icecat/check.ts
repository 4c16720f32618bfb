import type { CheckLine } from '../../domain/check-report.ts'
import { instantOf } from '../../domain/enrichment/delta.ts'
import { look } from '../look.ts'
import type { IcecatClient } from './client.ts'
import { indexGenerated } from './index/match-index.ts'
import { isLanguage } from './languages.ts'
import type { IcecatConnection } from './settings.ts'

export interface IcecatCheck {
  connection: IcecatConnection
  icecat: IcecatClient
  /** All that the mapping names. */
  languages: readonly string[]
  now: Date
  signal?: AbortSignal
}

/** Older than this, an index was not made last night, nor the night before. */
const staleAfterMs = 50 * 3_600_000

/** Looks at everything that enrichment needs of Icecat; each line that is not ok has its remedy. */
export async function checkIcecat({
  connection,
  icecat,
  languages,
  now,
  signal,
}: IcecatCheck): Promise<CheckLine[]> {
  const lines: CheckLine[] = []
  if (connection.icecat.password === null) {
    lines.push({
      name: 'icecat account',
      status: 'warning',
      text: 'without a password Icecat cannot say what the account may see',
      remedy: 'Set icecat.password, or see that icecat.subscription is right.',
    })
  } else {
    const found = await look('icecat account', lines, () => icecat.subscription(signal))
    if (found !== null) lines.push(accountLine(found, connection))
  }

  const listed = await look('icecat languages', lines, async () => {
    const codes = new Set<string>()
    for await (const { shortCode } of icecat.references('languages', signal)) codes.add(shortCode)
    return codes
  })
  if (listed !== null) lines.push(languagesLine(languages, listed))

  const generated = await look('icecat index', lines, async () => {
    const pieces = await icecat.openIndex('daily', languages[0] ?? 'EN', signal)
    return { at: await indexGenerated(pieces, 'the daily index') }
  })
  if (generated === null) return lines
  lines.push(indexLine(generated.at, now))

  const brands = await look('icecat reference files', lines, async () => {
    for await (const brand of icecat.references('suppliers', signal)) return brand
    return undefined
  })
  if (brands === undefined) {
    lines.push({
      name: 'icecat reference files',
      status: 'failed',
      text: 'the list of brands is empty',
      remedy: 'Ask Icecat why; without it no product is found by brand and code.',
    })
  } else if (brands !== null) {
    lines.push({
      name: 'icecat reference files',
      status: 'ok',
      text: 'Icecat gives its lists of brands and features',
    })
  }
  const sheet = await look('icecat sheets', lines, () =>
    icecat.sheet({ by: 'gtin', gtin: '00000000000000' }, languages[0] ?? 'EN', signal),
  )
  // Nobody has this GTIN: that Icecat says so shows that it takes the account.
  if (sheet !== null)
    lines.push({ name: 'icecat sheets', status: 'ok', text: 'Icecat answers questions for sheets' })
  return lines
}

/** Held against Icecat's own list; what it leaves out and is known by its number counts, too. */
function languagesLine(languages: readonly string[], listed: ReadonlySet<string>): CheckLine {
  const unknown = languages.filter((language) => !listed.has(language) && !isLanguage(language))
  if (unknown.length === 0)
    return { name: 'icecat languages', status: 'ok', text: `${languages.join(', ')} are Icecat's` }
  return {
    name: 'icecat languages',
    status: 'failed',
    text: `Icecat has no language ${unknown.join(', ')}`,
    remedy: 'Correct them under languages in the mapping file: Danish is DK, Swedish SE, Brazilian BR.',
  }
}

function accountLine(found: 'open' | 'full' | 'none', { icecat }: IcecatConnection): CheckLine {
  const name = 'icecat account'
  const { subscription } = icecat
  if (found === subscription) {
    return {
      name,
      status: 'ok',
      text: `${icecat.username} is ${found === 'full' ? 'a Full' : 'an Open'} Icecat account`,
    }
  }
  if (found === 'none') {
    return {
      name,
      status: 'failed',
      text: `${icecat.username} has no subscription`,
      remedy: 'Confirm the account at Icecat, or ask Icecat what it lacks.',
    }
  }
  return {
    name,
    status: found === 'full' ? 'warning' : 'failed',
    text: `Icecat says ${found}, the configuration ${subscription}`,
    remedy: `Set icecat.subscription to ${found}, or have the contract changed.`,
  }
}

function indexLine(generated: string | null, now: Date): CheckLine {
  const name = 'icecat index'
  const at = generated === null ? undefined : instantOf(generated)
  if (at === undefined) {
    return {
      name,
      status: 'warning',
      text: 'the daily index does not say when it was made',
      remedy: 'The whole index is read each night then, which takes minutes.',
    }
  }
  const hours = Math.round((now.getTime() - at) / 3_600_000)
  if (now.getTime() - at <= staleAfterMs)
    return { name, status: 'ok', text: `the daily index was made ${hours} h ago` }
  return {
    name,
    status: 'warning',
    text: `the daily index was made ${hours} h ago`,
    remedy: 'Icecat is late: what changed since comes with its next index.',
  }
}
