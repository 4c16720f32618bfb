import { z } from 'zod'
import { Secret } from '../domain/secret.ts'
import { unresolvedReference } from './references.ts'

/** A map of settings that takes no other keys and suggests the one that was probably meant: a line for each that it does not know. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join('\n')
        : 'must be a map of settings',
  })

/** Such a section that may be left out: then all its defaults hold. */
export const optionalSection = <Shape extends z.ZodRawShape>(shape: Shape) =>
  section(shape).prefault({} as never)

function unknownKey(key: string, known: string[]): string {
  const [nearest] = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const near = nearest && nearest.distance <= Math.max(2, Math.floor(key.length / 3))
  return near
    ? `there is no setting ${key}; did you mean ${nearest.name}?`
    : `there is no setting ${key}; here are ${known.join(', ')}`
}

/** Levenshtein: insertions, deletions and replacements that make `b` of `a`. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (b[j] === letter ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** A secret: a reference in a file; literal only where a program makes the configuration. */
export const secret = () =>
  z.custom<Secret>((value) => value instanceof Secret, {
    error: 'must be a reference, ${NAME} or ${file:PATH}; a secret never stands in this file itself',
  })

/** Text that may be given by reference as well; what could not be resolved has been reported already. */
export const text = (schema: z.ZodType<string, string> = z.string().min(1)) =>
  z.union([
    z.custom<Secret>((value) => value === unresolvedReference).transform(() => ''),
    plain.pipe(schema),
  ])

const plain = z.preprocess(
  (value) => (value instanceof Secret ? value.reveal() : value),
  z.string('must be text'),
)

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30s`, `5m`, `24h`, `7d`. */
export const isDuration = (value: string) => /^\d+(ms|s|m|h|d)$/.test(value)
export const milliseconds = (duration: string): number => {
  const [, count = '', unit = 'ms'] = /^(\d+)(\D+)$/.exec(duration) ?? []
  return Number(count) * units[unit as keyof typeof units]
}

/** When a schedule starts its workflow; null: never. */
export type ScheduleTime = { everyMs: number } | { cron: string } | null

const cronFields = /^(\S+\s+){4}\S+$/

export const scheduleTime = (fallback: string) =>
  z
    .union([z.literal(false), z.string()], 'must be a duration such as 5m, a cron line, or off')
    .refine(
      (value) =>
        value === false ||
        value === 'off' ||
        cronFields.test(value) ||
        (isDuration(value) && milliseconds(value) >= 1000),
      { error: 'must be a duration such as 5m, a cron line of five fields such as "0 2 * * *", or off' },
    )
    .transform((value): ScheduleTime => {
      if (value === false || value === 'off') return null
      return isDuration(value) ? { everyMs: milliseconds(value) } : { cron: value }
    })
    .prefault(fallback)

/** `2%` as a share of one. */
export const percentage = (fallback: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?%$/, { error: 'must be a percentage such as 5%' })
    .transform((value) => Number(value.slice(0, -1)) / 100)
    .refine((value) => value <= 1, { error: 'must be at most 100%' })
    .prefault(fallback)

export const count = (fallback: number, { min = 1, max = 1_000_000_000 } = {}) =>
  z
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)
    .default(fallback)

/** Shorter keys can be guessed: the hash has 32 bytes. */
const shortestSigningSecret = 32

/** What requests of ours are signed with. */
export const signingSecret = () =>
  secret().refine((key) => key === unresolvedReference || key.reveal().length >= shortestSigningSecret, {
    error: `must have at least ${shortestSigningSecret} characters; make one with: openssl rand -base64 32`,
  })
