import type { Queryable, Sql } from '../../connectors/hub/database.ts'
import {
  allowOptions,
  type OptionQuestion,
  optionQuestions,
  optionsRefused,
} from '../../connectors/hub/enrichment/options.ts'
import { counted, table } from './format.ts'
import { who } from './who.ts'

/**
 * Options that Icecat's values need (`options: { create: ask }`), among what waits for a person: all of an attribute (`o:color`), or one
 * (`o:color/azure`).
 */
export interface AskedOptions {
  attribute: string
  options: OptionQuestion[]
}

const optionId = /^o:([^/]+)(?:\/(.+))?$/

export const isOptionId = ([id = '']: string[]): boolean => optionId.test(id)

/** By attribute. */
export async function askedOptions(db: Queryable, connection: string): Promise<AskedOptions[]> {
  const byAttribute = new Map<string, OptionQuestion[]>()
  for (const question of await optionQuestions(db, connection)) {
    if (question.state !== 'asked') continue
    const own = byAttribute.get(question.attribute)
    if (own === undefined) byAttribute.set(question.attribute, [question])
    else own.push(question)
  }
  return [...byAttribute].map(([attribute, options]) => ({ attribute, options }))
}

/** Those that an id names, also where they were refused before; null: there are none. */
export async function optionsNamed(
  db: Queryable,
  connection: string,
  [id = '']: string[],
): Promise<AskedOptions | null> {
  const [, attribute = '', code] = optionId.exec(id) ?? []
  const options = (await optionQuestions(db, connection)).filter(
    (one) => one.attribute === attribute && (code === undefined ? one.state === 'asked' : one.code === code),
  )
  return options.length === 0 ? null : { attribute, options }
}

/** Approved, they are made by the run that follows; rejected, the values that need them stay problems. */
export async function decideOptions(
  sql: Sql,
  connection: string,
  args: string[],
  state: 'approved' | 'rejected',
): Promise<AskedOptions | null> {
  const asked = await optionsNamed(sql, connection, args)
  if (asked === null) return null
  const { attribute, options } = asked
  const codes = options.map(({ code }) => code)
  if (state === 'approved') await allowOptions(sql, connection, attribute, codes)
  else
    await optionsRefused(
      sql,
      connection,
      attribute,
      codes.map((code) => ({ code, message: `by ${who()}` })),
    )
  return asked
}

export const optionsWould = ({ attribute, options }: AskedOptions): string =>
  `${counted(options.length, 'option')} of ${attribute} would be made`

export const optionsReason = ({ options }: AskedOptions): string =>
  `Icecat’s values need ${options.length === 1 ? 'it' : 'them'}, and the mapping says options.create: ask`

export const optionsSummary = (asked: AskedOptions): string =>
  `o:${asked.attribute}  ${optionsWould(asked)}: ${asked.options
    .slice(0, shownCodes)
    .map(({ code }) => code)
    .join(', ')}${asked.options.length > shownCodes ? ', …' : ''}`

const shownCodes = 8

export const optionsText = (asked: AskedOptions, [id = '']: string[]): string =>
  [
    optionsSummary(asked),
    table(asked.options.map(optionRow), '    '),
    '',
    `Then: pimflow approvals approve ${id}, or pimflow approvals reject ${id}`,
  ].join('\n')

const optionRow = ({ code, labels, state, message, products }: OptionQuestion): string[] => [
  code,
  Object.entries(labels)
    .map(([locale, label]) => `${locale}: ${label}`)
    .join(', '),
  counted(products, 'product'),
  state === 'asked' ? '' : `${state}${message === null ? '' : ` ${message}`}`,
]

export const optionsValue = ({ attribute, options }: AskedOptions) => ({
  id: `o:${attribute}`,
  attribute,
  options,
})
