import { describe, expect, it } from 'vitest'
import { placeCategories } from '../../domain/category-tree.ts'

const listed = (...pairs: [code: string, parent: string | null, position?: number][]) =>
  pairs.map(([code, parent, position]) => ({ code, parent, ...(position === undefined ? {} : { position }) }))
const placed = (list: ReturnType<typeof listed>, branchSize = 100) => {
  const { nodes, orphans } = placeCategories(list, branchSize)
  return {
    nodes: nodes.map(({ category, path, position, branch }) =>
      [[...path, category.code].join('/'), position, branch].join(' '),
    ),
    orphans: orphans.map(({ code }) => code),
  }
}

describe('categories in their tree', () => {
  it('stand where Akeneo says, whatever the order of the list', () => {
    const list = listed(
      ['desk', 'lamps', 2],
      ['floor', 'lamps', 1],
      ['lamps', 'master', 1],
      ['master', null, 1],
    )
    expect(placed(list).nodes).toEqual([
      'master 1 master',
      'master/lamps 1 master',
      'master/lamps/floor 1 master',
      'master/lamps/desk 2 master',
    ])
  })

  it('stand as they were listed where Akeneo does not know the places', () => {
    const list = listed(['master', null], ['b', 'master'], ['a', 'MASTER'])
    expect(placed(list).nodes).toEqual(['master 1 master', 'master/b 1 master', 'master/a 2 master'])
  })

  it('make a branch of their own where very many are below one', () => {
    const list = listed(
      ['master', null],
      ['lamps', 'master'],
      ['a', 'lamps'],
      ['b', 'lamps'],
      ['sale', 'master'],
    )
    expect(placed(list, 2).nodes).toEqual([
      'master 1 master',
      'master/lamps 1 lamps',
      'master/lamps/a 1 lamps',
      'master/lamps/b 2 lamps',
      'master/sale 2 master',
    ])
  })

  it('are told when no root is above them: a parent is missing, or they are a circle', () => {
    const list = listed(['master', null], ['lost', 'gone'], ['egg', 'hen'], ['hen', 'egg'])
    expect(placed(list)).toEqual({ nodes: ['master 1 master'], orphans: ['lost', 'egg', 'hen'] })
  })

  it('are none where there is no root', () => {
    expect(placed(listed(['egg', 'hen'], ['hen', 'egg']))).toEqual({ nodes: [], orphans: ['egg', 'hen'] })
  })
})
