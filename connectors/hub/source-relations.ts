import type { StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import type { Queryable } from './database.ts'
import type { StoredSource } from './sources.ts'

/*
 * What stored records are to each other, by the codes that they name: models and variants, categories, options.
 */

/** These models and those above them, by code in lower case; without their documents, which are large. */
export async function parentsOfModels(
  db: Queryable,
  connection: string,
  models: string[],
): Promise<Map<string, { key: string; parent: string | null }>> {
  const found = new Map<string, { key: string; parent: string | null }>()
  // Akeneo has two levels of models.
  for (let wanted = models.map(foldCase); wanted.length > 0;) {
    const rows = await db<{ code: string; key: string; parent: string | null }[]>`
      select lower(code) as code, key, parent from source_record
      where connection = ${connection} and stream = 'product-models' and lower(code) = any(${wanted})`
    for (const { code, key, parent } of rows) found.set(code, { key, parent })
    wanted = [...new Set(rows.flatMap(({ parent }) => (parent === null ? [] : [foldCase(parent)])))].filter(
      (code) => !found.has(code),
    )
  }
  return found
}

/** Keys of the root models that these models, by code, are or stand below; without their documents, which are large. */
export async function rootModelsOf(db: Queryable, connection: string, models: string[]): Promise<string[]> {
  if (models.length === 0) return []
  const rows = await db<{ key: string }[]>`
    with named as (
      select key, parent from source_record
      where connection = ${connection} and stream = 'product-models' and lower(code) = any(${models.map(foldCase)})
    )
    select key from named where parent is null
    union
    select root.key from named join source_record root on lower(root.code) = lower(named.parent)
    where root.connection = ${connection} and root.stream = 'product-models'
    order by key`
  return rows.map(({ key }) => key)
}

export interface ModelPlace {
  key: string
  id: string
  /** Its root in lower case: models name those above them in any. */
  root: string
  isRoot: boolean
  /** No model stands below it. */
  isLowest: boolean
}

/** These root models, by key, and those below them; without their documents, which are large. */
export async function modelsWithin(
  db: Queryable,
  connection: string,
  roots: string[],
): Promise<ModelPlace[]> {
  if (roots.length === 0) return []
  const rows = await db<{ key: string; id: string; parent: string | null }[]>`
    select key, id, parent from source_record
    where connection = ${connection} and stream = 'product-models' and key = any(${roots})
    union all
    select key, id, parent from source_record
    where connection = ${connection} and stream = 'product-models' and lower(parent) = any(${roots.map(foldCase)})`
  const parents = new Set(rows.flatMap(({ parent }) => (parent === null ? [] : [foldCase(parent)])))
  return rows.map(({ key, id, parent }) => ({
    key,
    id,
    root: foldCase(parent ?? key),
    isRoot: parent === null,
    isLowest: !parents.has(foldCase(key)),
  }))
}

/** Root models of these family variants. */
export async function rootModelsOfVariants(
  db: Queryable,
  connection: string,
  familyVariants: string[],
): Promise<string[]> {
  const rows = await db<{ key: string }[]>`
    select key from source_record
    where connection = ${connection} and stream = 'product-models' and parent is null
      and lower(source ->> 'family_variant') = any(${familyVariants.map(foldCase)})`
  return rows.map(({ key }) => key)
}

export async function sourcesByParent(
  db: Queryable,
  connection: string,
  stream: StreamName,
  parents: string[],
): Promise<StoredSource[]> {
  if (parents.length === 0) return []
  return db<StoredSource[]>`
    select stream, key, id, code, parent, source from source_record
    where connection = ${connection} and stream = ${stream} and lower(parent) = any(${parents.map(foldCase)})
    order by key`
}

export interface StoredVariant {
  id: string
  parent: string
  code: string | null
  source: unknown
  /** Its newest version is not, or not everywhere, in the hub. */
  isRejected: boolean
}

/**
 * The variants directly below these models; without `whole` their documents are cut down to what a publication rule looks at and
 * to their values of `axes`, with `parts` also to whom they are associated with.
 */
export async function variantsBelow(
  db: Queryable,
  connection: string,
  models: string[],
  { axes, whole, parts }: { axes: string[]; whole: boolean; parts: boolean },
): Promise<StoredVariant[]> {
  if (models.length === 0) return []
  const associations = parts
    ? db`'associations', source -> 'associations', 'quantified_associations', source -> 'quantified_associations',`
    : db``
  const source = whole
    ? db`source`
    : db`jsonb_build_object('enabled', coalesce(source -> 'enabled', 'true'), 'categories', source -> 'categories',
        'completenesses', source -> 'completenesses', ${associations} 'values',
        (select coalesce(jsonb_object_agg(axis, source -> 'values' -> axis), '{}')
          from unnest(${axes}::text[]) as axis where source -> 'values' ? axis)) as source`
  return db<StoredVariant[]>`
    select id, parent, code, ${source}, exists (
        select from rejection r where r.connection = s.connection and r.stream = s.stream and r.key = s.key
      ) as "isRejected"
    from source_record s
    where connection = ${connection} and stream = 'products' and lower(parent) = any(${models.map(foldCase)})
    order by code`
}

export interface CategoryPlace {
  code: string
  /** Ancestors from the root down; null when the chain of parents does not reach a root. */
  path: string[] | null
}

/** Where these categories stand, by the parents that are stored. */
export async function categoryPlaces(
  db: Queryable,
  connection: string,
  codes: string[],
): Promise<CategoryPlace[]> {
  if (codes.length === 0) return []
  return db<CategoryPlace[]>`
    with recursive chain as (
      select code as leaf, parent, array[]::text[] as path from source_record
      where connection = ${connection} and stream = 'categories' and lower(code) = any(${codes.map(foldCase)})
      union all
      select leaf, p.parent, p.code || path
      from chain join source_record p
        on p.connection = ${connection} and p.stream = 'categories' and lower(p.code) = lower(chain.parent)
      -- A circle of parents ends here rather than never.
      where not p.code = any(path)
    )
    select leaf as code, max(path) filter (where parent is null) as path from chain group by leaf`
}

/** Codes of all categories below these. */
export async function categoriesBelow(db: Queryable, connection: string, codes: string[]): Promise<string[]> {
  if (codes.length === 0) return []
  const rows = await db<{ code: string }[]>`
    with recursive below as (
      select code from source_record
      where connection = ${connection} and stream = 'categories' and lower(parent) = any(${codes.map(foldCase)})
      union
      select c.code from below join source_record c
        on c.connection = ${connection} and c.stream = 'categories' and lower(c.parent) = lower(below.code)
    )
    select code from below`
  return rows.map(({ code }) => code)
}

/** Products that stand in one of these categories. Looks at every product: for what happens rarely. */
export async function productsIn(
  db: Queryable,
  connection: string,
  categories: string[],
): Promise<{ key: string; parent: string | null }[]> {
  if (categories.length === 0) return []
  return db<{ key: string; parent: string | null }[]>`
    select key, parent from source_record
    where connection = ${connection} and stream = 'products' and exists (
      select from list_parts(source -> 'categories') as category
      where lower(category.name) = any(${categories.map(foldCase)}))`
}

export interface RecordWithOption {
  stream: 'products' | 'product-models'
  key: string
  code: string | null
}

/** Products and models with one of these options, alone or among several. `families`: those that have the attribute. */
export async function recordsWithOptions(
  db: Queryable,
  connection: string,
  { attribute, options, families }: { attribute: string; options: string[]; families: string[] },
): Promise<RecordWithOption[]> {
  return db<RecordWithOption[]>`
    select stream, key, code from source_record
    where connection = ${connection} and stream in ('products', 'product-models')
      and (family is null or lower(family) = any(${families.map(foldCase)}))
      and exists (
        select from jsonb_path_query(source -> 'values' -> ${attribute}, '$[*].data[*]') as option
        where lower(option #>> '{}') = any(${options.map(foldCase)}))`
}
