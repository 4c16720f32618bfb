import { CodeMap } from '../codes.ts'
import type { Category } from './records.ts'

/** Categories as Akeneo's nested set keeps them: trees in the order of their making, siblings likewise. */
export class CategoryTree {
  readonly #byCode = new CodeMap<Category>()
  readonly #children = new CodeMap<string[]>()
  readonly #roots: string[] = []

  get size(): number {
    return this.#byCode.size
  }

  get(code: string): Category | undefined {
    return this.#byCode.get(code)
  }

  has(code: string): boolean {
    return this.#byCode.has(code)
  }

  /** Adds or replaces; a category that changes parent becomes the last child there. */
  set(category: Category): void {
    const before = this.#byCode.get(category.code)
    if (before === undefined || before.parent !== category.parent) {
      if (before !== undefined) this.#detach(before)
      this.#siblings(category.parent).push(category.code)
    }
    this.#byCode.set(category.code, category)
  }

  delete(code: string): void {
    const category = this.#byCode.get(code)
    if (category === undefined) return
    for (const child of [...this.#siblings(category.code)]) this.delete(child)
    this.#detach(category)
    this.#byCode.delete(code)
  }

  /** By tree, then depth first: the order of Akeneo's list. */
  inOrder(): Category[] {
    return this.#roots.flatMap((root) => this.subtree(root))
  }

  /** The category and everything below it. */
  subtree(code: string): Category[] {
    const category = this.#byCode.get(code)
    if (category === undefined) return []
    return [category, ...this.#siblings(category.code).flatMap((child) => this.subtree(child))]
  }

  childrenOf(code: string): readonly string[] {
    return this.#siblings(code)
  }

  rootOf(code: string): string | undefined {
    let category = this.#byCode.get(code)
    while (category !== undefined && category.parent !== null) category = this.#byCode.get(category.parent)
    return category?.code
  }

  /** From 1, among its siblings; Akeneo gives every root 1. */
  position(category: Category): number {
    return category.parent === null ? 1 : this.#siblings(category.parent).indexOf(category.code) + 1
  }

  /** Remembers the tree of now; the answer brings it back. */
  snapshot(): () => void {
    const restoreRecords = this.#byCode.snapshot()
    const restoreLists = this.#children.snapshot()
    const lists = [this.#roots, ...this.#children.values()].map((list) => [list, [...list]] as const)
    return () => {
      restoreRecords()
      restoreLists()
      for (const [list, codes] of lists) list.splice(0, list.length, ...codes)
    }
  }

  #siblings(parent: string | null): string[] {
    if (parent === null) return this.#roots
    const known = this.#children.get(parent)
    if (known !== undefined) return known
    const fresh: string[] = []
    this.#children.set(parent, fresh)
    return fresh
  }

  #detach(category: Category): void {
    const siblings = this.#siblings(category.parent)
    siblings.splice(siblings.indexOf(category.code), 1)
  }
}
