import type { Rejection } from '../../contracts/streams.ts'
import { UsageError } from './errors.ts'

const keys = ['reason', 'stream', 'field'] as const
type FilterKey = (typeof keys)[number]

/** Every key must hold one of its values. */
export type RejectionFilter = Partial<Record<FilterKey, string[]>>

/** `reason=unit-unknown`; the same key twice means either. */
export function parseFilters(words: string[]): RejectionFilter {
  const filter: RejectionFilter = {}
  for (const word of words) {
    const at = word.indexOf('=')
    const key = keys.find((known) => known === word.slice(0, at))
    if (key === undefined || at === word.length - 1) {
      throw new UsageError(`--filter takes ${keys.map((known) => `${known}=…`).join(', ')}; got ${word}`)
    }
    filter[key] = [...(filter[key] ?? []), word.slice(at + 1)]
  }
  return filter
}

/** What names (key or code, in any letter case) and filters choose; no names are all. */
export function selectRejections<R extends Pick<Rejection, FilterKey | 'key' | 'code'>>(
  rejections: R[],
  names: string[],
  filter: RejectionFilter,
): { chosen: R[]; missing: string[] } {
  const filtered = rejections.filter((rejection) =>
    keys.every((key) => filter[key]?.includes(rejection[key] ?? '') ?? true),
  )
  const called = (rejection: R, name: string) =>
    [rejection.key, rejection.code ?? ''].some((known) => known.toLowerCase() === name.toLowerCase())
  return {
    chosen:
      names.length === 0
        ? filtered
        : filtered.filter((rejection) => names.some((name) => called(rejection, name))),
    missing: names.filter((name) => !filtered.some((rejection) => called(rejection, name))),
  }
}
