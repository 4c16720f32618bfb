import type { Product, ProductModel } from '../catalog/records.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import type { Projection } from '../resources/render-product.ts'
import type { Access } from './access.ts'

/** Values of hidden attribute groups and locales do not exist for this user. */
export function visibleValues(access: Access | undefined): Pick<Projection, 'visible'> {
  if (access === undefined) return {}
  return {
    visible: (attribute, locale) =>
      access.attribute(attribute) !== 'none' && (locale === null || access.locale(locale) !== 'none'),
  }
}

/** Takes hidden categories and partners out of an answer and says where the record stands with this user. */
export function restrict(
  pim: Pim,
  access: Access | undefined,
  record: Product | ProductModel,
  answer: JsonObject,
): JsonObject {
  if (access === undefined) return answer
  const { categories, associations, quantified_associations: quantified } = answer
  return {
    ...answer,
    categories: (categories as string[]).filter((code) => access.category(code) !== 'none'),
    associations: eachKind(associations, (kind, partner) => seesPartner(pim, access, kind, partner)),
    quantified_associations: eachKind(quantified, (kind, partner) => {
      const { uuid, identifier } = partner as JsonObject
      return seesPartner(pim, access, kind, uuid ?? identifier ?? null)
    }),
    metadata: { workflow_status: workflowStatus(pim, access, record) },
  }
}

function eachKind(types: Json | undefined, keeps: (kind: string, partner: Json) => boolean): JsonObject {
  const kept: JsonObject = {}
  for (const [type, kinds] of Object.entries(isObject(types) ? types : {})) {
    const lists = Object.entries(kinds as Record<string, Json[]>)
    kept[type] = Object.fromEntries(
      lists.map(([kind, partners]) => [kind, partners.filter((partner) => keeps(kind, partner))]),
    )
  }
  return kept
}

function seesPartner({ catalog }: Pim, access: Access, kind: string, partner: Json): boolean {
  const key = phpString(partner)
  if (kind === 'groups' || partner === null) return true
  const found =
    kind === 'products'
      ? (catalog.products.get(key) ?? catalog.products.byIdentifier(key))
      : catalog.models.get(key)
  return found === undefined || access.record(found) !== 'none'
}

function workflowStatus(pim: Pim, access: Access, record: Product | ProductModel): string {
  const right = access.record(record)
  if (right === 'view') return 'read_only'
  if (right === 'own') return 'working_copy'
  const draft = pim.drafts.get(access.connection, record)
  if (draft === undefined) return 'working_copy'
  return draft.isProposal ? 'proposal_waiting_for_approval' : 'draft_in_progress'
}
