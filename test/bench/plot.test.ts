import { describe, expect, it } from 'vitest'
import { plot, type PlottedLoad } from '../../bench/plot.ts'

const load = (products: number, latencyMs: number, productsPerSecond: number): PlottedLoad => ({
  products,
  latencyMs,
  productsPerSecond,
  ceilingPerSecond: latencyMs === 0 ? null : 400_000 / latencyMs,
  peers: [{ name: 'pyakeneo', products: 1000, productsPerSecond: 150 }],
})
const circles = (svg: string) => [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)]

describe('the plot of loads', () => {
  it('has a point for each load, for the ceiling and for each peer, higher where more was read', () => {
    const svg = plot([load(50_000, 400, 900), load(10_000, 400, 800)], 'products')
    const points = circles(svg).map(([, x, y]) => ({ x: Number(x), y: Number(y) }))
    expect(points).toHaveLength(2 + 2 + 2)
    const [small, large] = points
    // By size, whichever came first; and an SVG counts from the top.
    expect(small?.x).toBeLessThan(large?.x ?? 0)
    expect(small?.y).toBeGreaterThan(large?.y ?? 0)
    expect(svg).toContain('pyakeneo')
    expect(svg).not.toContain('NaN')
  })

  it('ends where the largest load does', () => {
    const svg = plot([load(10_000, 400, 800), load(1_000_000, 400, 900)], 'products')
    expect(svg).toContain('>1,000,000<')
    expect(svg).not.toContain('>10,000,000<')
    const [, largest] = circles(svg)
    expect(svg).toContain(`x="${largest?.[1]}"`)
  })

  it('is against latency as well, and has no ceiling where there is none', () => {
    const svg = plot([load(10_000, 400, 800), load(10_000, 1000, 350)], 'latencyMs')
    expect(svg).toContain('milliseconds a page takes')
    expect(plot([{ ...load(10_000, 400, 800), ceilingPerSecond: null }], 'products')).not.toContain('ceiling')
  })

  it('of nothing says what to do', () => expect(() => plot([], 'products')).toThrow('name JSON files'))
})
