import { expect, it } from 'vitest'
import { workflowId } from '../../contracts/names.ts'
import { findingsOf, loadedPipeline } from '../support/icecat-shop.ts'
import type { Pipeline } from '../support/pipeline.ts'

const lamp = 'NL-DL9-B'
const editBrand = ({ akeneo }: Pipeline, data: string | null): void => {
  const patch = { values: { brand: [{ locale: null, scope: null, data }] } }
  akeneo.edit([{ resource: 'product', code: lamp, patch }])
}

// A catalogue loaded and enriched: 15 s on a quiet machine.
const told = 'a sheet that was taken without a brand to compare is told of until there is one'
it(told, { timeout: 120_000 }, async () => {
  const pipeline = await loadedPipeline({}, (started) => {
    editBrand(started, null)
    return Promise.resolve()
  })
  const unchecked = async () => (await findingsOf(pipeline)).filter((line) => line.includes(': unchecked '))
  try {
    const run = await pipeline.enrich()
    const first = await unchecked()
    expect(run.unchecked).toBe(first.length)
    expect(first).toContain(`${lamp} : unchecked nothing-to-compare`)
    editBrand(pipeline, 'northlamp')
    await pipeline.poll()
    // The poll has started it.
    await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'enrich')).result()
    expect(await unchecked()).toEqual(first.filter((line) => !line.startsWith(`${lamp} `)))
  } finally {
    await pipeline.close()
  }
})
