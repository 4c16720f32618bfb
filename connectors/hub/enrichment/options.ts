import type { Queryable, Transaction } from '../database.ts'

/** An option that a value needs and its attribute lacks. */
export interface MissingOption {
  attribute: string
  code: string
  labels: Readonly<Record<string, string>>
  /** Whose value it is. */
  product: string
}

/**
 * Notes options that are to be made (`always`), or that a person is to decide about (`ask`). One that was refused stays refused; one that
 * was asked for is made once the mapping says `always`.
 */
export async function wantOptions(
  tx: Transaction,
  connection: string,
  run: bigint,
  create: 'ask' | 'always',
  options: readonly MissingOption[],
): Promise<void> {
  if (options.length === 0) return
  const rows = JSON.stringify(options)
  const state = create === 'always' ? 'wanted' : 'asked'
  await tx`
    insert into enrichment_option (connection, attribute, code, labels, state, product, run)
    select distinct on (attribute, code) ${connection}, attribute, code, labels, ${state}, product, ${run}::bigint
    from json_to_recordset(${rows}::text::json) as r (attribute text, code text, labels jsonb, product text)
    order by attribute, code, product
    on conflict (connection, attribute, code) do update set state = excluded.state
      where enrichment_option.state = 'asked' and excluded.state = 'wanted'`
  await tx`
    insert into enrichment_option_product (connection, attribute, code, product)
    select distinct ${connection}, attribute, code, product
    from json_to_recordset(${rows}::text::json) as r (attribute text, code text, product text)
    order by attribute, code, product
    on conflict do nothing`
}

export interface WantedOption {
  attribute: string
  code: string
  labels: Record<string, string>
}

/** The next options to be made, of one attribute. */
export async function nextWantedOptions(
  db: Queryable,
  connection: string,
  most: number,
): Promise<WantedOption[]> {
  return db<WantedOption[]>`
    with next as (
      select attribute from enrichment_option
      where connection = ${connection} and state = 'wanted' order by attribute limit 1
    )
    select attribute, code, labels from enrichment_option join next using (attribute)
    where connection = ${connection} and state = 'wanted' order by code limit ${most}`
}

/** They are there: the products that waited are judged again. */
export async function optionsMade(
  tx: Transaction,
  connection: string,
  attribute: string,
  codes: readonly string[],
): Promise<void> {
  if (codes.length === 0) return
  await tx`
    update enrichment_product p set due = coalesce(due, 'options'), due_at = least(coalesce(due_at, now()), now())
    from enrichment_option_product w
    where w.connection = ${connection} and w.attribute = ${attribute} and w.code = any(${[...codes]})
      and p.connection = w.connection and p.product = w.product`
  await tx`
    delete from enrichment_option
    where connection = ${connection} and attribute = ${attribute} and code = any(${[...codes]})`
}

/** Those that somebody has made in Akeneo meanwhile: nobody need decide about them any more. */
export async function settleOptionsThere(tx: Transaction, connection: string): Promise<void> {
  const there = await tx<{ attribute: string; code: string }[]>`
    select o.attribute, o.code from enrichment_option o
    join source_record s on s.connection = o.connection and s.stream = 'attribute-options'
      and lower(s.parent) = lower(o.attribute) and lower(s.code) = lower(o.code)
    where o.connection = ${connection} order by o.attribute, o.code`
  for (const attribute of new Set(there.map((option) => option.attribute)))
    await optionsMade(
      tx,
      connection,
      attribute,
      there.flatMap((option) => (option.attribute === attribute ? [option.code] : [])),
    )
}

/** Not made, and not tried again: by Akeneo, with its words, or by a person. */
export async function optionsRefused(
  db: Queryable,
  connection: string,
  attribute: string,
  refused: readonly { code: string; message: string }[],
): Promise<void> {
  if (refused.length === 0) return
  await db`
    update enrichment_option o set state = 'refused', message = r.message
    from json_to_recordset(${JSON.stringify(refused)}::text::json) as r (code text, message text)
    where o.connection = ${connection} and o.attribute = ${attribute} and o.code = r.code`
}

/** A person's yes to what was asked for. */
export async function allowOptions(
  db: Queryable,
  connection: string,
  attribute: string,
  codes: readonly string[],
): Promise<number> {
  const rows = await db`
    update enrichment_option set state = 'wanted', message = null
    where connection = ${connection} and attribute = ${attribute} and code = any(${[...codes]}) and state in ('asked', 'refused')
    returning 1`
  return rows.length
}

export interface OptionQuestion extends WantedOption {
  state: 'asked' | 'wanted' | 'refused'
  message: string | null
  askedAt: Date
  products: number
}

/** Options that a person decides about, or that could not be made. */
export async function optionQuestions(db: Queryable, connection: string): Promise<OptionQuestion[]> {
  return db<OptionQuestion[]>`
    select attribute, code, labels, state, message, asked_at as "askedAt",
      (select count(*)::int from enrichment_option_product w
        where w.connection = o.connection and w.attribute = o.attribute and w.code = o.code) as products
    from enrichment_option o where connection = ${connection} order by state, attribute, code`
}
