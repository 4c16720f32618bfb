import { describe, expect, inject, it } from 'vitest'

/** Measured: 1.7 MB with its source map; 2.5 MB once a single zod schema leaks in, and 0.5 MB more memory per cached run. */
const largestBundle = 2_000_000

describe('the workflow bundle', () => {
  it('holds no schema library', () => {
    const code = inject('workflowBundleCode')
    expect(code.length).toBeLessThan(largestBundle)
    expect(code).not.toContain('node_modules/zod/')
  })
})
