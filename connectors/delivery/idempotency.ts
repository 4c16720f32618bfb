import { createHash } from 'node:crypto'

/** The same entry in the same generation has the same key, however often it is sent; a resend is a new generation. */
export const entryKey = (output: string, seq: number, generation: number): string =>
  generation === 0 ? `${output}/${seq}` : `${output}/${seq}/${generation}`

/** The same entries have the same key. Their bodies may be newer by then: they are rendered when they are sent. */
export const requestKey = (keys: string[]): string =>
  createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 32)
