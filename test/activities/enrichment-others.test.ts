import { describe, expect, it } from 'vitest'
import { clientOf, connectionTo, failureOf, once } from '../connectors/akeneo/helpers.ts'
import {
  type Enriching,
  enriching,
  entryOf,
  findingsOf,
  letLeasesEnd,
  lineFor,
  shown,
} from '../support/enriching.ts'

describe('a person’s edit', () => {
  it('between judgement and push stays, and the product is judged again', async () => {
    const run = await enriching()
    const [edited, other] = [await run.product('NL-DL9-B'), await run.product('NL-DL7-B')]
    await run.sql`
      insert into enrichment_product (connection, product, identifiers) values (${run.connection}, ${edited.uuid}, '[]')`
    await run.put(lineFor(edited, { name: 'Ours', mpn: 'M' }), lineFor(other, { name: 'Ours' }))
    run.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL9-B',
        patch: { values: { name: [{ locale: null, scope: null, data: 'Mine' }] } },
      },
      // Of another value of a line: nothing of it is in the way.
      {
        resource: 'product',
        code: 'NL-DL7-B',
        patch: { values: { mpn: [{ locale: null, scope: null, data: 'X' }] } },
      },
    ])
    await run.push()
    expect((await shown(run, edited.uuid))?.values['name']?.[0]?.data).toBe('Mine')
    expect((await shown(run, other.uuid))?.values['name']?.[0]?.data).toBe('Ours')
    expect(await run.sql`select due from enrichment_product`).toEqual([{ due: 'overtaken' }])
    // It was read with the look for edits, so it is judged by what stands there now.
    expect((await run.product('NL-DL9-B')).values['name']?.[0]?.data).toBe('Mine')
    expect(await run.counts()).toMatchObject({ lines: 1, overtaken: 1 })
  })

  it('between push and read-back is not taken for Akeneo’s doing', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await run.push()
    run.akeneo.clock.advance(60_000)
    run.akeneo.edit([
      {
        resource: 'product',
        code: 'NL-DL9-B',
        patch: { values: { name: [{ locale: null, scope: null, data: 'Mine' }] } },
      },
    ])
    await run.readBack()
    // What is shown now differs from the echo: the next judgement calls it edited.
    expect(await entryOf(run, lamp.uuid, 'name  ')).toMatchObject({
      sent: 'Ours',
      echoed: 'Ours',
      isUnread: false,
    })
    expect(await findingsOf(run)).toEqual([])
  })
})

describe('what Akeneo makes of a value', () => {
  it('is told from what a person does: dropped, or shown otherwise', async () => {
    const run = await enriching()
    const [variant] = await run.sql<{ source: never; key: string }[]>`
      select source, key from source_record where connection = ${run.connection} and stream = 'products' and lower(parent) = 'jacket_fell_sage'
      order by key limit 1`
    if (!variant) throw new Error('no variant')
    // Its model owns it: Akeneo answers 204 and drops it.
    await run.put(
      lineFor(variant.source, [{ attribute: 'variation_name', locale: 'de_DE', scope: null, data: 'Jacke' }]),
    )
    await run.push()
    await run.readBack()
    expect(await findingsOf(run)).toMatchObject([
      { place: 'variation_name de_DE ', kind: expect.stringMatching(/dropped|changed-by-akeneo/) as string },
    ])
    expect(await entryOf(run, variant.key, 'variation_name de_DE ')).toMatchObject({
      sent: 'Jacke',
      isUnread: false,
    })
  })
})

describe('a product that was deleted meanwhile', () => {
  const remove = (run: Enriching, uuid: string) => {
    const client = clientOf(
      run.deps.sql,
      connectionTo(run.akeneo.url, { credentials: run.akeneo.credentials, name: 'person' }),
    )
    return once(client, (calls) => calls.deleteProduct(uuid))
  }
  it('does not come back', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await remove(run, lamp.uuid)
    await run.push()
    expect(await shown(run, lamp.uuid)).toBeNull()
    expect(await findingsOf(run)).toMatchObject([{ key: lamp.uuid, kind: 'problem', code: 'gone' }])
    expect(await run.counts()).toMatchObject({ createdByMistake: 1 })
    expect(await entryOf(run, lamp.uuid, 'name  ')).toBeUndefined()
  })

  it('does not come back when the answer was lost, either', async () => {
    const run = await enriching()
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await remove(run, lamp.uuid)
    run.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/products-uuid', resetAfterWork: true, count: 1 })
    await failureOf(run.push())
    expect(await shown(run, lamp.uuid)).not.toBeNull()
    await letLeasesEnd(run)
    await run.push()
    expect(await shown(run, lamp.uuid)).toBeNull()
    expect(await run.counts()).toMatchObject({ createdByMistake: 1 })
  })

  it('is reported with its address where this user may not delete', async () => {
    const agency = { clientId: 'agency', clientSecret: 's', username: 'agency', password: 'p' }
    const run = await enriching({
      akeneo: {
        connections: [{ code: 'agency', ...agency, rights: { acls: { pim_api_product_remove: false } } }],
      },
      credentials: agency,
    })
    const lamp = await run.product('NL-DL9-B')
    await run.put(lineFor(lamp, { name: 'Ours' }))
    await remove(run, lamp.uuid)
    await run.push()
    expect(await findingsOf(run)).toMatchObject([
      {
        code: 'created-by-mistake',
        message: expect.stringContaining(`${run.akeneo.url}/#/enrich/product/${lamp.uuid}`) as string,
      },
    ])
  })
})
