import { type Address, parseAddress } from './address.ts'

export interface TemplatePlace {
  address: Address
  show: 'plain' | 'label' | 'amount' | 'unit'
}
export type TemplatePart = string | TemplatePlace

const shows = ['label', 'amount', 'unit'] as const

/** `Wash at {wash_temperature|label}`; `{{` and `}}` are braces. A sentence when it cannot be read. */
export function parseTemplate(text: string, line: number): TemplatePart[] | string {
  const parts: TemplatePart[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    const two = text.slice(at, at + 2)
    if (two === '{{' || two === '}}') {
      plain += two.charAt(0)
      at += 2
      continue
    }
    const letter = text.charAt(at)
    if (letter === '}') return 'has a } without {; a brace of its own is written }}'
    if (letter !== '{') {
      plain += letter
      at += 1
      continue
    }
    const end = text.indexOf('}', at)
    if (end === -1) return 'has a { without }; a brace of its own is written {{'
    const [place = '', show, ...rest] = text
      .slice(at + 1, end)
      .split('|')
      .map((piece) => piece.trim())
    const address = parseAddress(place, line)
    if (typeof address === 'string') return address
    const known = show === undefined ? 'plain' : shows.find((name) => name === show)
    if (!known || rest.length > 0) return `{${text.slice(at + 1, end)}}: after | stands ${shows.join(', ')}`
    if (plain !== '') parts.push(plain)
    plain = ''
    parts.push({ address, show: known })
    at = end + 1
  }
  if (plain !== '') parts.push(plain)
  return parts
}
