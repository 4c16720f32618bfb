import type { HubProduct, PendingLink, Reason } from '../../../contracts/hub.ts'
import type { KitRule } from '../../../domain/mapping/document.ts'
import { largestQuantity } from '../../../domain/mapping/read-mapping.ts'
import { foldCase } from '../../../domain/text.ts'
import type { AkeneoProduct } from '../schema.ts'
import { type KitPartner, partnersOfKit } from './kit-partners.ts'
import { type Links, notYet } from './links.ts'
import type { Reading } from './reading.ts'

export interface KitPart {
  kit: HubProduct['kit']
  pending: PendingLink[]
  /** Why the product cannot be sold as a kit now. */
  reasons: Reason[]
}

/** What a product is put together from. A component that the hub lacks is skipped and reported, or holds the kit, as the file says. */
export function kitOf(
  source: AkeneoProduct,
  own: { identifier: string | null; models: string[] },
  reading: Reading,
  links: Links,
): KitPart {
  const none: KitPart = { kit: undefined, pending: [], reasons: [] }
  const { findings, output } = reading
  const candidates = output.rules.document.kits
    .map((rule) => ({ rule, partners: partnersOfKit(source, rule) }))
    .filter(({ partners }) => partners.length > 0)
  const [first, ...others] = candidates
  if (!first) return none
  if (others.length > 0) {
    findings.warn({
      code: 'kit-ambiguous',
      field: 'kit',
      text: `is a kit by ${candidates.map(({ rule }) => rule.association).join(' and by ')}; the first in the mapping counts`,
      remedy: 'Leave one of them empty in Akeneo',
    })
  }
  const { rule, partners } = first
  const names = [source.uuid, own.identifier].flatMap((name) => (name == null ? [] : [foldCase(name)]))
  const models = own.models.map(foldCase)
  for (const { kind, key, quantity } of partners) {
    const itself = (kind === 'product' ? names : models).includes(foldCase(key))
    if (itself) refuse(reading, rule, 'kit-of-itself', `has itself in it: ${key}`)
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > largestQuantity) {
      refuse(
        reading,
        rule,
        'kit-quantity',
        `has ${quantity} of ${key}; a quantity is a whole number from 1 to ${largestQuantity}`,
      )
    }
  }
  return componentsOf(rule, partners, reading, links)
}

function refuse({ findings }: Reading, { association, line }: KitRule, code: string, text: string): void {
  findings.refuse({
    rule: { target: `kits.${association}`, line },
    code,
    field: association,
    text: `its kit ${text}`,
    remedy: 'Correct the association in Akeneo, then: pimflow rejections retry',
  })
}

function componentsOf(
  rule: KitRule,
  partners: readonly KitPartner[],
  { findings, output }: Reading,
  links: Links,
): KitPart {
  const { document } = output.rules
  const unit = document.units.find(({ base }) => base)?.code ?? 'each'
  const components: NonNullable<HubProduct['kit']>['components'] = []
  const missing: string[] = []
  for (const { kind, key, quantity } of partners) {
    const target = kind === 'product' ? links.product(key) : links.group(key)
    if (!target) missing.push(key)
    else components.push({ kind, id: target.id, quantity: String(quantity), unit })
  }
  const pending = missing.map((code) => ({ field: 'kit.components', code, why: notYet }))
  const kit = { type: rule.type, components }
  if (missing.length === 0) return { kit, pending, reasons: [] }
  if (rule.whenIncomplete === 'skip-item' && components.length > 0) {
    findings.warn({
      code: 'kit-item-skipped',
      field: 'kit.components',
      text: `goes out without ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not in the hub`,
      remedy: 'It follows when it arrives; or let the mapping wait: whenIncomplete: wait',
    })
    return { kit, pending, reasons: [] }
  }
  const reasons = missing.map((code) => ({
    code: 'kit-component-missing',
    text: `${code} is not in the hub`,
    remedy: `Check in Akeneo that it exists and that this user may see it, then: pimflow sync ${code}`,
  }))
  return { kit, pending, reasons }
}
