/** Where a rule reads on the Akeneo side. */
export type Address = AttributeAddress | NamedAddress

export interface AttributeAddress {
  base: 'attribute'
  code: string
  /** Read in this channel instead of the output's. */
  channel: string | null
  /** Read in this locale only, whatever locale the rule runs for. */
  locale: string | null
  text: string
  line: number
}

/** What the family, or Akeneo itself, gives a name to. */
export interface NamedAddress {
  base: (typeof addressNames)[number]
  text: string
  line: number
}

export const addressNames = ['identifier', 'label', 'image', 'family', 'enabled'] as const

const attributeAddress =
  /^(?<code>[A-Za-z0-9_]+)(?:@(?<channel>[A-Za-z0-9_]+))?(?:\.(?<locale>[A-Za-z0-9_]+))?$/

/** `code`, `code@channel`, `code.locale`, `code@channel.locale`, `$label` and its like; a sentence when it is none. */
export function parseAddress(text: string, line: number): Address | string {
  if (text.startsWith('$')) {
    const base = addressNames.find((name) => text === `$${name}`)
    return base
      ? { base, text, line }
      : `${text} is no address: these names exist: ${addressNames.map((name) => `$${name}`).join(' ')}`
  }
  const groups = attributeAddress.exec(text)?.groups
  if (!groups?.['code']) {
    return `"${text}" is no address: write code, code@channel or code.locale, or a name such as $label`
  }
  const {
    code,
    channel = null,
    locale = null,
  } = groups as { code: string; channel?: string; locale?: string }
  return { base: 'attribute', code, channel, locale, text, line }
}
