import type { RecordKind, RecordStatus } from '../../contracts/hub.ts'
import { foldCase } from '../../domain/text.ts'
import type { Queryable, Transaction } from './database.ts'
import type { DeliveryKey } from './delivery-key.ts'

/** What an existing shop calls a record of ours. */
export interface AdoptedId {
  kind: RecordKind
  /** SKU of a product, code of anything else; case does not matter. */
  code: string
  externalId: string
}

export interface Adoption {
  /** Records that have the id from now on; `waiting`: as soon as the hub sees them. */
  adopted: number
  waiting: number
  /** Had it already. */
  unchanged: number
  refused: { code: string; externalId: string; reason: string }[]
}

/** Takes over ids of an existing shop. One that another record has is refused; a record's other id is replaced. */
export async function adoptIds(tx: Transaction, key: DeliveryKey, rows: AdoptedId[]): Promise<Adoption> {
  const adoption: Adoption = { adopted: 0, waiting: 0, unchanged: 0, refused: [] }
  const records = await recordsByCode(tx, key, rows)
  const owners = await ownersOf(tx, key, rows)
  const known: { id: string; externalId: string }[] = []
  const unknown: AdoptedId[] = []
  for (const row of rows) {
    const { kind, code, externalId } = row
    const id = records.get(place(kind, code))
    const owner = owners.get(externalId)
    const self = id ?? place(kind, code)
    if (owner !== undefined && owner.self !== self && owner.self !== place(kind, code)) {
      adoption.refused.push({ code, externalId, reason: `${owner.name} has this id` })
    } else if (owner !== undefined && owner.self === self) adoption.unchanged++
    else if (id !== undefined) known.push({ id, externalId })
    else unknown.push(row)
  }
  adoption.adopted = known.length
  adoption.waiting = unknown.length
  await keepKnown(tx, key, known)
  await keepUnknown(tx, key, unknown)
  return adoption
}

const place = (kind: string, code: string) => `${kind} ${code.toLowerCase()}`

async function recordsByCode(
  db: Queryable,
  { connection, output }: DeliveryKey,
  rows: AdoptedId[],
): Promise<Map<string, string>> {
  const found = await db<{ id: string; kind: RecordKind; code: string }[]>`
    select id, kind, code from hub_record
    where connection = ${connection} and output = ${output}
      and (kind, lower(code)) in (select * from unnest(
        ${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ code }) => code.toLowerCase())}::text[]))
    order by status = 'retired' desc, id`
  // Of two with one code the one that is not retired comes last, and stays.
  return new Map(found.map(({ id, kind, code }) => [place(kind, code), id]))
}

/** Who has these ids at the destination: a record by its id, or a code that the hub has not seen. */
async function ownersOf(
  db: Queryable,
  { connection, output, destination }: DeliveryKey,
  rows: AdoptedId[],
): Promise<Map<string, { self: string; name: string }>> {
  const ids = rows.map(({ externalId }) => externalId)
  const owners = await db<{ externalId: string; self: string; name: string }[]>`
    select e.external_id as "externalId", e.id::text as self, coalesce(h.code, e.id::text) as name
    from external_id e
    left join hub_record h on h.connection = e.connection and h.output = ${output} and h.id = e.id
    where e.connection = ${connection} and e.destination = ${destination} and e.external_id = any(${ids})
    union all
    select external_id, kind || ' ' || code, code from adopted_id
    where connection = ${connection} and destination = ${destination} and external_id = any(${ids})`
  return new Map(owners.map(({ externalId, self, name }) => [externalId, { self, name }]))
}

async function keepKnown(
  tx: Transaction,
  { connection, destination }: DeliveryKey,
  known: { id: string; externalId: string }[],
): Promise<void> {
  if (known.length === 0) return
  await tx`
    insert into external_id (connection, destination, id, external_id)
    select ${connection}, ${destination}, id, name
    from unnest(${known.map(({ id }) => id)}::uuid[], ${known.map(({ externalId }) => externalId)}::text[]) as r (id, name)
    on conflict (connection, id, destination) do update set external_id = excluded.external_id, since = now()`
}

async function keepUnknown(
  tx: Transaction,
  { connection, output, destination }: DeliveryKey,
  unknown: AdoptedId[],
): Promise<void> {
  if (unknown.length === 0) return
  await tx`
    insert into adopted_id (connection, destination, output, kind, code, external_id)
    select ${connection}, ${destination}, ${output === '' ? null : output}::text, kind, code, name
    from unnest(${unknown.map(({ kind }) => kind)}::text[], ${unknown.map(({ code }) => code.toLowerCase())}::text[],
      ${unknown.map(({ externalId }) => externalId)}::text[]) as r (kind, code, name)
    on conflict (connection, kind, code, destination) do update set
      external_id = excluded.external_id, output = excluded.output`
}

/**
 * From here on ids that were adopted by code belong to these records of an output, whatever their codes become. Codes are given, not looked up:
 * this is said for each page of a load.
 */
export async function bindAdopted(
  tx: Transaction,
  { connection, output }: Pick<DeliveryKey, 'connection' | 'output'>,
  records: { id: string; kind: RecordKind; code: string | null; status: RecordStatus }[],
): Promise<void> {
  const named = records.flatMap(({ id, kind, code, status }) =>
    code === null || status === 'retired' ? [] : [{ id, kind, code: foldCase(code) }],
  )
  if (named.length === 0) return
  const kinds = named.map(({ kind }) => kind)
  const codes = named.map(({ code }) => code)
  // Kinds and codes twice: however large the table has grown since it was last analysed, it is entered by its whole key.
  await tx`
    with bound as (
      delete from adopted_id a
      using unnest(${named.map(({ id }) => id)}::uuid[], ${kinds}::text[], ${codes}::text[]) as r (id, kind, code)
      where a.connection = ${connection} and a.kind = any(${[...new Set(kinds)]}::text[]) and a.code = any(${codes}::text[])
        and a.kind = r.kind and a.code = r.code
        and coalesce(a.output, ${output}::text) = ${output}::text
      returning a.destination, r.id, a.external_id
    )
    insert into external_id (connection, destination, id, external_id)
    select ${connection}, destination, id, external_id from bound on conflict do nothing`
}
