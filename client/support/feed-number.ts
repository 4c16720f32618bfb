import { InvalidArgumentError } from 'commander'

/** A number of the feed, as a flag names it; a longer one than these no feed reaches, and no database holds. */
export function feedNumber(text: string): bigint {
  if (!/^\d{1,18}$/.test(text))
    throw new InvalidArgumentError('A number of the feed is expected, such as 120.')
  return BigInt(text)
}
