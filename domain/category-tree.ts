/** A category as a list of them shows it. */
export interface ListedCategory {
  code: string
  parent: string | null
  /** From 1 among siblings, where Akeneo was asked for it and knows it. */
  position?: number | undefined
}

export interface TreeNode<C extends ListedCategory> {
  category: C
  /** Ancestors' codes from the root down, without itself. */
  path: string[]
  depth: number
  /** From 1 among siblings. */
  position: number
  /** Code of the branch it is in: a root, or a node with more than `branchSize` below it. */
  branch: string
}

export interface CategoryTrees<C extends ListedCategory> {
  /** In tree order: a node comes after its parent and its earlier siblings. */
  nodes: TreeNode<C>[]
  /** Categories whose chain of parents leads to no root: the parent is missing, or the chain is a circle. */
  orphans: C[]
}

/** Places each category of a list in its tree. Parents may be written in another letter case than their own code. */
export function placeCategories<C extends ListedCategory>(
  list: readonly C[],
  branchSize: number,
): CategoryTrees<C> {
  const children = new Map<string | null, C[]>()
  for (const category of list) {
    const parent = category.parent?.toLowerCase() ?? null
    const siblings = children.get(parent)
    if (siblings) siblings.push(category)
    else children.set(parent, [category])
  }
  for (const siblings of children.values()) siblings.sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
  const sizes = new Map<string, number>()

  const nodes: TreeNode<C>[] = []
  // An explicit stack: a tree may be deeper than the call stack of a careless recursion allows.
  const stack = placed(null, { path: [], depth: -1, branch: null })
  for (let next = stack.pop(); next; next = stack.pop()) {
    nodes.push(next)
    stack.push(...placed(next.category.code, next))
  }
  return { nodes, orphans: orphansOf(list, nodes) }

  function placed(
    parent: string | null,
    at: { path: string[]; depth: number; branch: string | null },
  ): TreeNode<C>[] {
    const path = parent === null ? [] : [...at.path, parent]
    return (children.get(parent?.toLowerCase() ?? null) ?? [])
      .map((category, index) => ({
        category,
        path,
        depth: at.depth + 1,
        position: category.position ?? index + 1,
        branch: at.branch === null || sizeOf(category.code) > branchSize ? category.code : at.branch,
      }))
      .reverse()
  }

  function sizeOf(code: string): number {
    if (sizes.size === 0) for (const [node, size] of subtreeSizes(children)) sizes.set(node, size)
    return sizes.get(code.toLowerCase()) ?? 1
  }
}

/** Number of nodes in each subtree, itself included, children before parents. */
function subtreeSizes<C extends ListedCategory>(
  children: ReadonlyMap<string | null, C[]>,
): Map<string, number> {
  const order: string[] = []
  const stack = (children.get(null) ?? []).map(({ code }) => code.toLowerCase())
  for (let code = stack.pop(); code !== undefined; code = stack.pop()) {
    order.push(code)
    stack.push(...(children.get(code) ?? []).map((child) => child.code.toLowerCase()))
  }
  const sizes = new Map<string, number>()
  for (const code of order.reverse()) {
    const below = (children.get(code) ?? []).map((child) => sizes.get(child.code.toLowerCase()) ?? 0)
    sizes.set(
      code,
      below.reduce((sum, size) => sum + size, 1),
    )
  }
  return sizes
}

function orphansOf<C extends ListedCategory>(list: readonly C[], nodes: TreeNode<C>[]): C[] {
  const placed = new Set(nodes.map(({ category }) => category.code))
  return list.filter(({ code }) => !placed.has(code))
}
