import { inSpan } from '../telemetry/spans.ts'
import type { Sql } from './database.ts'

type Statement = (strings: unknown, ...parts: unknown[]) => unknown
type Then = (
  this: unknown,
  done?: (rows: unknown) => unknown,
  failed?: (error: unknown) => unknown,
) => unknown

/**
 * The same pool, whose statements are spans while a trace is under way: with their text, in which `?` stands for each value. A statement is
 * sent when somebody waits for it, so its span begins there; parts of other statements are never waited for.
 */
export function tracedSql(sql: Sql): Sql {
  return traced(sql) as unknown as Sql
}

function traced(target: Statement): Statement {
  return new Proxy(target, {
    apply(statement, self, [strings, ...parts]: unknown[]) {
      const query = Reflect.apply(statement, self, [strings, ...parts]) as object
      const isStatement = Array.isArray(strings) && 'raw' in strings
      if (isStatement) watch(query as { then: Then }, strings.join('?'))
      return query
    },
    get(object, name, receiver) {
      const value = Reflect.get(object, name, receiver) as unknown
      if ((name !== 'begin' && name !== 'savepoint') || typeof value !== 'function') return value
      return (...given: unknown[]) => {
        const work = given.at(-1) as (tx: Statement) => unknown
        const inside = [...given.slice(0, -1), (tx: Statement) => work(traced(tx))]
        const run = () => Reflect.apply(value, object, inside) as Promise<unknown>
        return inSpan(name === 'begin' ? 'transaction' : 'savepoint', { 'db.system': 'postgresql' }, run)
      }
    },
  })
}

function watch(query: { then: Then }, strings: string): void {
  const text = strings.replace(/\s+/g, ' ').trim()
  const original = query.then.bind(query)
  let isWatched = false
  query.then = (done, failed) => {
    if (!isWatched) {
      isWatched = true
      const [verb = 'sql'] = text.split(' ', 1)
      void inSpan(verb, { 'db.system': 'postgresql', 'db.query.text': text }, () =>
        Promise.resolve(original() as Promise<unknown>),
      ).catch(() => undefined)
    }
    return original(done, failed)
  }
}
