import type { Rights } from '../../simulator/akeneo/options.ts'
import { dated, type Edits, type EditTools, texts } from './edit-tools.ts'

/** Of options, attributes and families, and of what the connection's user may see. */
export function structureEdits(
  { akeneo, at, serial }: EditTools,
  rights: Rights,
): Edits<
  | 'label-option'
  | 'sort-option'
  | 'add-option'
  | 'remove-option'
  | 'label-attribute'
  | 'label-by'
  | 'image-by'
  | 'hide-group'
  | 'hide-locale'
  | 'hide-categories'
  | 'show'
> {
  const { catalog } = akeneo.pim
  return {
    'label-option': ({ who, to }) => {
      const options = catalog.options.get(at(['color', 'tags'], to) ?? '')
      const option = at([...(options?.values() ?? [])], who)
      if (option) options?.set(option.code, { ...option, labels: { en_US: texts[to % texts.length] ?? '' } })
      return 'silent'
    },
    'sort-option': ({ who, to }) => {
      const options = catalog.options.get(at(['color', 'size', 'tags'], to) ?? '')
      const option = at([...(options?.values() ?? [])], who)
      if (option) options?.set(option.code, { ...option, sort_order: to })
      return 'silent'
    },
    'add-option': ({ to }) => {
      const code = `extra-${serial()}`
      catalog.options.get('tags')?.set(code, { code, attribute: 'tags', sort_order: to, labels: {} })
      return 'silent'
    },
    'remove-option': ({ to }) => {
      // No product has one of these: of the others Akeneo cleans the values up.
      const options = catalog.options.get('tags')
      const extra = at(
        [...(options?.values() ?? [])].filter(({ code }) => code.startsWith('extra-')),
        to,
      )
      if (extra) options?.delete(extra.code)
      return 'silent'
    },
    'label-attribute': ({ who, to }) =>
      dated(() => {
        const attribute = at([...catalog.attributes.values()], who)
        if (!attribute) return
        const labels = { ...attribute.labels, de_DE: texts[to % texts.length] ?? '' }
        catalog.attributes.set(attribute.code, { ...attribute, labels, updated: akeneo.pim.writtenAt() })
      }),
    'image-by': ({ who, to }) =>
      dated(() => {
        const family = at([...catalog.families.values()], who)
        if (!family) return
        const attribute_as_image = ['photo', 'picture', null][to % 3] ?? null
        catalog.families.set(family.code, { ...family, attribute_as_image, updated: akeneo.pim.writtenAt() })
      }),
    'label-by': ({ who, to }) =>
      dated(() => {
        const family = at([...catalog.families.values()], who)
        if (!family) return
        const attribute_as_label = ['name', 'secret'][to % 2] ?? 'name'
        catalog.families.set(family.code, { ...family, attribute_as_label, updated: akeneo.pim.writtenAt() })
      }),
    'hide-group': () => {
      rights.attributeGroups = { inner: 'none' }
      return 'silent'
    },
    'hide-locale': () => {
      rights.locales = { de_DE: 'none' }
      return 'silent'
    },
    'hide-categories': () => {
      rights.categories = { sales_a: 'none', desk: 'none' }
      return 'silent'
    },
    show: () => {
      rights.categories = {}
      rights.attributeGroups = {}
      rights.locales = {}
      return 'silent'
    },
  }
}
