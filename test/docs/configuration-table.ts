import { z } from 'zod'
import { Config } from '../../config/schema.ts'

interface Schema {
  type?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  additionalProperties?: Schema | boolean
}

interface Row {
  path: string
  values: string
  fallback: string
  text: string
}

/** The reference of `pimflow.config.yaml`, from the schema that reads it: one table for each section. */
export function configurationTables(): string {
  // References stand for secrets, which JSON Schema knows nothing of.
  const schema = z.toJSONSchema(Config, {
    io: 'input',
    unrepresentable: 'any',
    // Whether a setting may be left out, and what holds then, the schema itself knows best: a reference in its place is anything.
    override: ({ zodSchema, jsonSchema }) => {
      if (!(zodSchema instanceof z.ZodObject)) return
      const shape = Object.entries<z.ZodType>(zodSchema.shape)
      jsonSchema.required = shape.filter(([, one]) => !one.safeParse(undefined).success).map(([name]) => name)
      for (const [name, one] of shape) {
        const property = jsonSchema.properties?.[name]
        const fallback = fallbackIn(one)
        if (typeof property === 'object' && fallback !== undefined) property.default = fallback
      }
    },
  }) as Schema
  const sections = sectionsOf(schema, '', undefined)
  return sections
    .map(({ path, text, rows }) =>
      [
        `### ${path === '' ? 'The file' : `\`${path}\``}`,
        '',
        ...(text === undefined ? [] : [`${text}.`, '']),
        '| Setting | Takes | Default | Says |',
        '| --- | --- | --- | --- |',
        ...rows.map(
          (row) =>
            `| \`${row.path}\` | ${row.values} | ${row.fallback} | ${row.text.replaceAll('|', '\\|').replaceAll('<', '\\<')} |`,
        ),
      ].join('\n'),
    )
    .join('\n\n')
}

function fallbackIn(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.defaultValue
  return schema instanceof z.ZodOptional || schema instanceof z.ZodPipe
    ? fallbackIn((schema instanceof z.ZodPipe ? schema.in : schema.unwrap()) as z.ZodType)
    : undefined
}

interface Section {
  path: string
  text: string | undefined
  rows: Row[]
}

function sectionsOf(schema: Schema, path: string, text: string | undefined): Section[] {
  const rows: Row[] = []
  const below: Section[] = []
  for (const [name, given] of Object.entries(schema.properties ?? {})) {
    const property = plain(given)
    const place = path === '' ? name : `${path}.${name}`
    const section = property.properties ? property : property.items && plain(property.items)
    rows.push({
      path: name,
      values: section?.properties
        ? `[section${property.items ? 's' : ''}](#${anchor(nameOf(place, property))})`
        : valuesOf(property),
      fallback: fallbackOf(
        given,
        schema.required?.includes(name) ?? false,
        section?.properties !== undefined,
      ),
      text: given.description ?? property.description ?? '',
    })
    if (section?.properties)
      below.push(...sectionsOf(section, nameOf(place, property), given.description ?? section.description))
  }
  return [{ path, text, rows }, ...below]
}

const nameOf = (place: string, { items }: Schema) => (items ? `${place}[]` : place)

/** As GitHub makes anchors of headings. */
const anchor = (heading: string) => heading.toLowerCase().replaceAll(/[^a-z0-9 -]/g, '')

/** What is left where one of two is only how a reference arrives. */
function plain(schema: Schema): Schema {
  const [only, ...others] = (schema.anyOf ?? []).filter((one) => Object.keys(one).length > 0)
  if (only === undefined || others.length > 0) return schema
  return { ...only, ...(schema.description ? { description: schema.description } : {}) }
}

function valuesOf({ type, enum: choices, const: only, items, anyOf, additionalProperties }: Schema): string {
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(' ')
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (anyOf) return [...new Set(anyOf.map(valuesOf))].filter((one) => one !== 'reference').join(' or ')
  if (type === 'array') return `list of ${items === undefined ? 'values' : valuesOf(plain(items))}`
  if (type === 'object' && additionalProperties) return 'map'
  if (type === 'integer') return 'whole number'
  if (type === 'boolean') return '`true` `false`'
  if (type === 'number') return 'number'
  return type === 'string' ? 'text' : 'reference'
}

function fallbackOf({ default: fallback }: Schema, isRequired: boolean, isSection: boolean): string {
  if (isSection) return isRequired ? 'needed' : ''
  if (fallback !== undefined)
    return `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``
  return isRequired ? 'needed' : ''
}
