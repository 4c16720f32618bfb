import type { Sql } from '../../connectors/hub/database.ts'

/** One edit as a person would make it in Akeneo: the PATCH body that the API would take. */
export interface DemoEdit {
  resource: 'product' | 'product-model' | 'category'
  code: string
  patch: Record<string, unknown>
}

interface Value {
  locale: string | null
  scope: string | null
  data: unknown
}

interface Candidate {
  code: string
  source: { values: Record<string, Value[]>; labels?: Record<string, string> }
}

const simpleProducts = 25

/**
 * What the demo edits when no file says otherwise: 25 simple products, a two-level root model, a sub-model at an attribute
 * that its variants inherit, and a category. Chosen from what was loaded, so that any catalogue can be rehearsed.
 */
export async function defaultEdits(sql: Sql, connection: string): Promise<DemoEdit[]> {
  const texts = await textAttributes(sql, connection)
  const products = await sql<Candidate[]>`
    select code, source from source_record
    where connection = ${connection} and stream = 'products' and parent is null and code is not null
      and key not in (select key from rejection where connection = ${connection} and stream = 'products')
    order by code`
  const subModels = await sql<(Candidate & { parent: string })[]>`
    select code, parent, source from source_record
    where connection = ${connection} and stream = 'product-models' and parent is not null order by code`
  const roots = await sql<Candidate[]>`
    select code, source from source_record
    where connection = ${connection} and stream = 'product-models' and parent is null order by code`
  const [category] = await sql<Candidate[]>`
    select code, source from source_record
    where connection = ${connection} and stream = 'categories' and parent is not null order by code`

  const root = first(
    roots.filter(({ code }) => subModels.some(({ parent }) => parent === code)),
    'product-model',
    texts,
  )
  const inherited = new Map(roots.map(({ code, source }) => [code, new Set(Object.keys(source.values))]))
  const subModel = first(
    subModels
      .filter(({ parent }) => parent !== root?.code)
      // Akeneo answers a sub-model with its root's values too: the edit must be of one that is its own.
      .map(({ code, parent, source }) => ({
        code,
        source: { values: without(source.values, inherited.get(parent)) },
      })),
    'product-model',
    texts,
  )
  return [
    ...products.flatMap((product) => editText(product, 'product', texts) ?? []).slice(0, simpleProducts),
    ...(root ? [root] : []),
    ...(subModel ? [subModel] : []),
    ...(category ? [editLabel(category)] : []),
  ]
}

/** Text attributes that may be edited without breaking a rule: not unique, no pattern to keep. */
async function textAttributes(sql: Sql, connection: string): Promise<Set<string>> {
  const rows = await sql<{ code: string }[]>`
    select code from source_record
    where connection = ${connection} and stream = 'attributes'
      and source ->> 'type' in ('pim_catalog_text', 'pim_catalog_textarea')
      and source ->> 'scopable' = 'false' and source ->> 'unique' = 'false'
      and coalesce(source ->> 'validation_rule', '') = ''`
  return new Set(rows.map(({ code }) => code))
}

function editText(
  { code, source }: Candidate,
  resource: DemoEdit['resource'],
  texts: Set<string>,
): DemoEdit | null {
  for (const [attribute, values] of Object.entries(source.values)) {
    const value = values.find(({ data }) => typeof data === 'string' && data.length < 200)
    if (texts.has(attribute) && value) {
      const edited = { ...onlyAddress(value), data: `${String(value.data)} (edited)` }
      return { resource, code, patch: { values: { [attribute]: [edited] } } }
    }
  }
  return null
}

const onlyAddress = ({ locale, scope }: Value) => ({ locale, scope })

const first = (candidates: Candidate[], resource: DemoEdit['resource'], texts: Set<string>) =>
  candidates.map((candidate) => editText(candidate, resource, texts)).find((edit) => edit !== null)

function editLabel({ code, source }: Candidate): DemoEdit {
  const [locale = 'en_US', label = code] = Object.entries(source.labels ?? {})[0] ?? []
  return { resource: 'category', code, patch: { labels: { [locale]: `${label} (edited)` } } }
}

const without = (values: Record<string, Value[]>, inherited: Set<string> | undefined) =>
  Object.fromEntries(Object.entries(values).filter(([attribute]) => !inherited?.has(attribute)))
