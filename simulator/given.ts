import type { z } from 'zod'

/** What somebody wrote in a file or a request; throws which part of it is unknown, missing or cannot be meant so. */
export function asGiven<T>(what: string, schema: z.ZodType<T>, given: unknown): T {
  const { data, error } = schema.safeParse(given)
  const [issue] = error?.issues ?? []
  if (issue === undefined) return data as T
  throw new Error(
    [what, issue.path.map(String).join('.'), issue.message].filter((part) => part !== '').join(': '),
  )
}
