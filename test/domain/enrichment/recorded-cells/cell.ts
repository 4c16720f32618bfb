import type { AttributeChanges } from '../target.ts'

/** Files of recorded sheets. */
export const monitor = 'product-4948570114344.xml'
export const phone = 'product-8806088281285-en.xml'
export const phoneDe = 'product-8806088281285-de.xml'
export const phoneFr = 'product-8806088281285-fr.xml'
export const ink = 'product-808736152730_en.xml'
export const inkEs = 'product-88698205440_es.xml'
export const laptop = 'product-haringsrob.xml'

export const whole: AttributeChanges = { type: 'pim_catalog_number', decimals_allowed: false }
export const decimal: AttributeChanges = { type: 'pim_catalog_number', decimals_allowed: true }
export const measure = (family: string, decimals = true): AttributeChanges => ({
  type: 'pim_catalog_metric',
  metric_family: family,
  decimals_allowed: decimals,
})
export const text: AttributeChanges = {}
export const byLocale: AttributeChanges = { localizable: true }
export const area: AttributeChanges = { type: 'pim_catalog_textarea' }
export const editor: AttributeChanges = { ...area, wysiwyg_enabled: true }
export const select = (...options: string[]): AttributeChanges => ({
  type: 'pim_catalog_simpleselect',
  options: options.map((code) => ({ code })),
})
export const labelled = (labels: Record<string, Record<string, string>>): AttributeChanges => ({
  type: 'pim_catalog_multiselect',
  options: Object.entries(labels).map(([code, own]) => ({ code, labels: own })),
})

/** A cell of a recorded sheet, typed by hand from the file; nothing of it was made by the code that is tested. */
export interface RecordedCell {
  file: string
  /** Line of the file, and what stands on it. */
  line: number
  xml: string
  into: AttributeChanges
  rule: string
  /** By `locale/scope`; one value alone where the attribute has one place. A problem is its code. */
  cell: unknown
}
