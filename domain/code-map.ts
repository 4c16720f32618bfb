import { foldCase } from './text.ts'

/** A map by code in which letter case does not matter, as in Akeneo. Iterating gives the keys folded. */
export class CodeMap<V> extends Map<string, V> {
  override get(code: string): V | undefined {
    return super.get(foldCase(code))
  }
  override has(code: string): boolean {
    return super.has(foldCase(code))
  }
  override set(code: string, value: V): this {
    return super.set(foldCase(code), value)
  }
  override delete(code: string): boolean {
    return super.delete(foldCase(code))
  }
}
