import type { Product, ProductModel, Values } from '../catalog/records.ts'
import { forbidden, validationFailed } from '../errors.ts'
import { isObject, sameJson, type Json } from '../json.ts'
import type { Pim } from '../pim.ts'
import { fingerprint, type Outcome } from '../write/outcome.ts'
import type { Refuse } from '../write/payload.ts'
import { save } from '../write/save.ts'
import type { Access } from './access.ts'

/*
 * Writes of a connection with rights of its own. What is refused follows the documentation; Enterprise's code is not
 * public, so its sentences may differ.
 */

type Kind = Product | ProductModel

/** Where a body begins: at this user's draft when there is one, else at the record. Throws 403 for who may only view. */
export function beginning<T extends Kind>(
  pim: Pim,
  access: Access | undefined,
  before: T | undefined,
): T | undefined {
  if (access === undefined || before === undefined) return before
  const right = access.record(before)
  if (right === 'view') {
    throw forbidden(
      `${noun(before)} "${nameOf(before)}" cannot be updated. You only have a view right on this ${noun(before).toLowerCase()}.`,
    )
  }
  if (right !== 'edit') return before
  return (pim.drafts.get(access.connection, before)?.record as T | undefined) ?? before
}

/** An attribute or locale that the user may not even see is refused as one that does not exist. */
export function checkHidden(access: Access | undefined, values: Json | undefined, refuse: Refuse): void {
  if (access === undefined || !isObject(values)) return
  for (const [code, entries] of Object.entries(values)) {
    if (access.attribute(code) === 'none') throw refuse(`The ${code} attribute does not exist in your PIM.`)
    for (const entry of Array.isArray(entries) ? entries : []) {
      const locale = isObject(entry) ? entry['locale'] : null
      if (typeof locale === 'string' && access.locale(locale) === 'none') {
        throw refuse(`Attribute "${code}" expects an existing and activated locale, "${locale}" given.`)
      }
    }
  }
}

/** A list of categories that replaces another one leaves those in place that its writer cannot see. */
export function keepHidden<T extends Kind>(access: Access | undefined, before: T | undefined, written: T): T {
  if (access === undefined || before === undefined) return written
  const hidden = before.categories.filter((code) => access.category(code) === 'none')
  if (hidden.length === 0) return written
  return { ...written, categories: [...new Set([...written.categories, ...hidden])].sort() }
}

/** Saves what an owner wrote; keeps what an editor wrote as a draft. */
export function saveOrDraft<T extends Kind>(
  pim: Pim,
  access: Access | undefined,
  published: T | undefined,
  written: T,
): Outcome {
  if (access === undefined) return save(pim, published, written)
  checkChangedValues(access, published?.values ?? new Map(), written.values)
  if (published === undefined || access.record(published) === 'own') {
    if (access.record(written) !== 'own') {
      const message =
        'You should at least keep your product in one category on which you have an own permission'
      throw validationFailed([{ property: 'categories', message }])
    }
    return save(pim, published, written)
  }
  const fields = changedFields(published, written)
  if (fields.length > 0) {
    throw forbidden(
      `You cannot update the following fields "${fields.join(', ')}". You should at least own this ${noun(published).toLowerCase()} to do it.`,
    )
  }
  if (fingerprint(published) === fingerprint(written)) {
    pim.drafts.delete(access.connection, published)
    return 'unchanged'
  }
  const base = pim.drafts.get(access.connection, published)?.base ?? published
  pim.drafts.set(access.connection, { record: written, base, isProposal: false })
  return 'updated'
}

/** Only an owner may delete. */
export function checkRemoval(access: Access | undefined, record: Kind): void {
  if (access === undefined || access.record(record) === 'own') return
  throw forbidden(
    `You can delete a ${noun(record).toLowerCase()} only if it is classified in at least one category on which you have an own permission.`,
  )
}

function checkChangedValues(access: Access, before: Values, after: Values): void {
  for (const code of new Set([...before.keys(), ...after.keys()])) {
    const old = before.get(code) ?? []
    const fresh = after.get(code) ?? []
    if (sameJson(old, fresh)) continue
    if (access.attribute(code) === 'view') {
      throw forbidden(
        `Attribute "${code}" belongs to an attribute group on which you only have view permission.`,
      )
    }
    for (const { locale, scope } of [...old, ...fresh]) {
      if (locale === null || access.locale(locale) !== 'view') continue
      const at = (values: typeof old) => values.find((one) => one.locale === locale && one.scope === scope)
      if (!sameJson(at(old) ?? null, at(fresh) ?? null)) {
        throw forbidden(`You only have a view permission on the locale "${locale}".`)
      }
    }
  }
}

/** A draft holds values; everything else about a record belongs to its owners. */
function changedFields(before: Kind, after: Kind): string[] {
  const plain = ({ values: _values, created: _created, updated: _updated, ...fields }: Kind) => ({
    ...fields,
    associations: Object.fromEntries(fields.associations),
    quantified: Object.fromEntries(fields.quantified),
  })
  const old = plain(before) as Record<string, unknown>
  const fresh = plain(after) as Record<string, unknown>
  return Object.keys(fresh)
    .filter((field) => !sameJson(old[field], fresh[field]))
    .map((field) => (field === 'quantified' ? 'quantified_associations' : field))
}

const noun = (record: Kind) => (record.kind === 'product' ? 'Product' : 'Product model')

const nameOf = (record: Kind) =>
  record.kind === 'product' ? (record.identifier ?? record.uuid) : record.code
