import { type IcecatMapping, settingSections } from './document.ts'
import { meaningOf } from './meaning.ts'

/** What one mapping says otherwise than another, in the file's words. */
export interface IcecatMappingDiff {
  /** Sections besides the rules, such as `ownership` or `languages`. */
  sections: string[]
  /** Null: the rule is not there. */
  rules: { target: string; before: string | null; after: string | null }[]
}

/** By what they mean: comments, order of lines and the version are no difference. */
export function icecatMappingDiff(before: IcecatMapping, after: IcecatMapping): IcecatMappingDiff {
  const changed = settingSections.filter(
    (section) => meaningOf(before[section]) !== meaningOf(after[section]),
  )
  const [old, now] = [rulesOf(before), rulesOf(after)]
  const targets = [...new Set([...old.keys(), ...now.keys()])]
  const rules = targets.flatMap((target) => {
    const [was, is] = [old.get(target), now.get(target)]
    if (was?.meaning === is?.meaning) return []
    return [{ target, before: was?.text ?? null, after: is?.text ?? null }]
  })
  return { sections: changed, rules }
}

function rulesOf({
  attributes,
  media,
  ignore,
}: IcecatMapping): Map<string, { text: string; meaning: string }> {
  return new Map([
    ...attributes.map(
      ({ code, rule: { text, ...rule } }) =>
        [`attributes.${code}`, { text, meaning: meaningOf(rule) }] as const,
    ),
    ...media.map(({ code, text, ...rule }) => [`media.${code}`, { text, meaning: meaningOf(rule) }] as const),
    ...ignore.map(
      ({ address, reason }) => [`ignore.${address.text}`, { text: reason, meaning: reason }] as const,
    ),
  ])
}
