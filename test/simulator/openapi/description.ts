import Ajv, { type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'

interface Parameter {
  name: string
  in: string
  type?: string
  enum?: string[]
  schema?: object
  $ref?: string
}

interface Operation {
  parameters?: Parameter[]
  responses?: Record<string, { schema?: object; $ref?: string }>
}

interface Document {
  paths: Record<string, Record<string, Operation | undefined>>
  definitions: Record<string, object>
  parameters?: Record<string, Parameter>
  responses?: Record<string, { schema?: object }>
}

/** A Swagger 2.0 description of Akeneo's API, asked what an answer or a request has to look like. */
export interface Description {
  /** What the body of this answer has to fit; undefined where it has none. */
  answer(method: string, template: string, status: number): ValidateFunction | undefined
  /** Whether the description names this status at all. */
  knows(method: string, template: string, status: number): boolean
  /** What is wrong with a request without a body; empty when it is as described. */
  requestProblems(method: string, path: string, query: URLSearchParams): string[]
  /** What is wrong with one line of a collection update. */
  lineProblems(template: string, line: unknown): string[]
}

export function readDescription(file: string): Description {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document
  const ajv = new Ajv.default({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const last = (ref: string) => ref.split('/').at(-1) ?? ''
  const operation = (method: string, template: string) => document.paths[template]?.[method.toLowerCase()]
  const responseOf = (method: string, template: string, status: number) =>
    operation(method, template)?.responses?.[String(status)]

  return {
    answer(method, template, status) {
      const found = responseOf(method, template, status)
      const response = found?.$ref === undefined ? found : document.responses?.[last(found.$ref)]
      // A refusal that the description forgot (422 for a bad limit, say) still has to look like its other refusals.
      const forgotten = found === undefined && status >= 400 ? { $ref: '#/definitions/Error' } : undefined
      const schema = response?.schema ?? forgotten
      return schema === undefined ? undefined : ajv.compile({ ...schema, definitions: document.definitions })
    },
    lineProblems(template, line) {
      const body = operation('PATCH', template)?.parameters?.find((one) => one.in === 'body')
      if (body?.schema === undefined) return [`no such collection: ${template}`]
      const validate = ajv.compile({ ...body.schema, definitions: document.definitions })
      if (validate(line)) return []
      return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
    },
    knows: (method, template, status) => responseOf(method, template, status) !== undefined,
    requestProblems(method, path, query) {
      const template = Object.keys(document.paths)
        .filter((one) => operation(method, one) !== undefined && pattern(one).test(path))
        // A code may hold slashes, so two may fit: the one that says more of the path is meant.
        .sort((a, b) => literal(b).length - literal(a).length)[0]
      if (template === undefined) return [`no such call: ${method} ${path}`]
      const parameters = (operation(method, template)?.parameters ?? []).map((one) =>
        one.$ref === undefined ? one : (document.parameters?.[last(one.$ref)] ?? one),
      )
      return [...query].flatMap(([name, value]) => {
        const parameter = parameters.find((one) => one.in === 'query' && one.name === name)
        if (parameter === undefined) return [`${template} takes no parameter "${name}"`]
        return fits(parameter, value) ? [] : [`${template} takes no ${name}=${value}`]
      })
    },
  }
}

const literal = (template: string) => template.replace(/\{\w+\}/g, '')

function pattern(template: string): RegExp {
  const source = template
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+')
  return new RegExp(`^${source}/?$`)
}

function fits({ type, enum: choices }: Parameter, value: string): boolean {
  if (choices !== undefined && !choices.includes(value)) return false
  if (type === 'integer') return /^\d+$/.test(value)
  return type !== 'boolean' || value === 'true' || value === 'false'
}
