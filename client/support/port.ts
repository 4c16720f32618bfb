import { InvalidArgumentError } from 'commander'

/** The value of `--port`. */
export function portOption(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('A port is expected, such as 8090.')
  return Number(text)
}
