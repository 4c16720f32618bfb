import type { LocalValue, Measure, Texts } from '../model.ts'

const YES_NO: Record<string, [yes: string, no: string]> = {
  EN: ['Yes', 'No'],
  DE: ['Ja', 'Nein'],
  FR: ['Oui', 'Non'],
  NL: ['Ja', 'Nee'],
  ES: ['Sí', 'No'],
}

/** How a language shows an international value: its words, its decimal sign, and centimetres for inches. */
export function localValue(
  value: string,
  type: string,
  measure: Measure,
  language: string,
  vocabulary: Record<string, Texts>,
): LocalValue {
  const sign = measure.signs[language] ?? measure.sign
  const words = (word: string) => vocabulary[word]?.[language] ?? word
  if (type.startsWith('y_n')) {
    const [yes, no] = YES_NO[language] ?? ['Y', 'N']
    const shown = value === 'Y' ? yes : value === 'N' ? no : words(value)
    return { value: shown, presentation: shown, sign: '', translated: true }
  }
  if (type === 'multi_dropdown') {
    const shown = value.split(',').map(words).join(', ')
    return { value: shown, presentation: shown, sign: '', translated: true }
  }
  if (type === 'numerical') return localNumber(value, measure, sign, language)
  const shown = words(value)
  return {
    value: shown,
    presentation: sign === '' ? shown : `${shown} ${sign}`,
    sign,
    translated: shown !== value,
  }
}

function localNumber(value: string, measure: Measure, sign: string, language: string): LocalValue {
  const written = (number: string) =>
    language === 'EN' || language === 'US' ? number : number.replace('.', ',')
  if (measure.sign === '"' && language !== 'US') {
    const centimetres = written((Number(value) * 2.54).toFixed(1))
    return {
      value: centimetres,
      presentation: `${centimetres} cm (${value}")`,
      sign: 'cm',
      translated: false,
    }
  }
  const shown = written(value)
  return { value: shown, presentation: sign === '' ? shown : `${shown} ${sign}`, sign, translated: false }
}
