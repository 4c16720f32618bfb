import { describe, expect, it } from 'vitest'
import { startAkeneo, type Rights } from '../../simulator/akeneo/index.ts'
import { apiOf, itemOf, items, type Api } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

const editor = { clientId: 'e', clientSecret: 'e', username: 'e', password: 'e' }

/** A PIM with one connection that may do everything and one that has these rights. */
async function withEditor(rights: Rights, test: (owner: Api, other: Api) => Promise<void>): Promise<void> {
  const simulator = await startAkeneo({ connections: [{ code: 'editor', ...editor, rights }] })
  try {
    const owner = await apiOf(simulator)
    await fillSmallPim(owner)
    for (const [code, parent] of [
      ['cups', 'master'],
      ['blue_cups', 'cups'],
      ['plates', 'master'],
    ] as const) {
      await owner.post('/categories', { code, parent })
    }
    await test(owner, await apiOf(simulator, editor))
  } finally {
    await simulator.close()
  }
}

const text = (data: string, locale: string | null = null) => [{ locale, scope: null, data }]

describe('rights by category', () => {
  it('hide what lies below a hidden category, and what is in no other one', async () => {
    await withEditor({ categories: { cups: 'none', plates: 'view' } }, async (owner, other) => {
      await owner.post('/products', { identifier: 'cup', categories: ['blue_cups'] })
      await owner.post('/products', { identifier: 'set', categories: ['blue_cups', 'plates'] })
      await owner.post('/products', {
        identifier: 'loose',
        associations: { X_SELL: { products: ['cup', 'set'] } },
      })
      expect(items(await other.get('/products')).map(({ identifier }) => identifier)).toEqual([
        'loose',
        'set',
      ])
      expect((await other.get('/products?with_count=true')).body.items_count).toBe(2)
      expect((await other.get('/products/cup')).status).toBe(404)
      expect((await other.patch('/products/cup', { enabled: false })).status).toBe(404)
      expect((await other.delete('/products/cup')).status).toBe(404)
      expect((await other.get('/products/set')).body).toMatchObject({
        categories: ['plates'],
        metadata: { workflow_status: 'read_only' },
      })
      expect((await other.patch('/products/set', { enabled: false })).status).toBe(403)
      expect((await other.delete('/products/set')).status).toBe(403)
      expect((await other.get('/products/loose')).body['associations']).toMatchObject({
        X_SELL: { products: ['set'] },
      })
      expect((await owner.get('/products/cup')).body).not.toHaveProperty('metadata')
      // The list of categories shows a hidden one, and a search by it is refused as if there were none.
      const search = encodeURIComponent('{"categories":[{"operator":"IN","value":["cups"]}]}')
      expect((await other.get('/categories/cups')).status).toBe(200)
      expect(await other.get(`/products?search=${search}`)).toMatchObject({
        status: 422,
        body: { message: 'Category "cups" does not exist.' },
      })
      expect((await owner.get(`/products?search=${search}`)).status).toBe(200)
    })
  })

  it('let an owner change a list of categories without losing the hidden ones, and not leave the last owned one', async () => {
    await withEditor({ categories: { master: 'none', cups: 'own' } }, async (owner, other) => {
      await owner.post('/products', { identifier: 'set', categories: ['cups', 'plates'] })
      expect((await other.patch('/products/set', { categories: ['blue_cups'] })).status).toBe(204)
      expect((await owner.get('/products/set')).body['categories']).toEqual(['blue_cups', 'plates'])
      expect((await other.patch('/products/set', { categories: [] })).body.errors).toEqual([
        {
          property: 'categories',
          message:
            'You should at least keep your product in one category on which you have an own permission',
        },
      ])
    })
  })
})

describe('rights by attribute group and locale', () => {
  it('hide values, refuse changes to those that may only be seen', async () => {
    const rights: Rights = {
      attributeGroups: { secret: 'none', shown: 'view' },
      locales: { fr_FR: 'view', de_DE: 'none' },
    }
    await withEditor(rights, async (owner, other) => {
      await owner.post('/attribute-groups', { code: 'secret' })
      await owner.post('/attribute-groups', { code: 'shown' })
      const attribute = (code: string, group: string, localizable = false) =>
        owner.post('/attributes', { code, type: 'pim_catalog_text', group, localizable })
      await attribute('price_note', 'secret')
      await attribute('remark', 'shown')
      await attribute('title', 'other', true)
      const values = {
        price_note: text('low'),
        remark: text('fine'),
        title: [...text('Cup', 'en_US'), ...text('Tasse', 'fr_FR'), ...text('Tasse', 'de_DE')],
      }
      expect((await owner.post('/products', { identifier: 'cup', values })).status).toBe(201)
      const seen = itemOf(await other.get('/products/cup'))
      expect(Object.keys(seen.values).sort()).toEqual(['remark', 'sku', 'title'])
      expect(seen.values['title']).toHaveLength(2)
      expect((await other.patch('/products/cup', { values: seen.values })).status).toBe(204)
      const change = async (changed: object) => {
        const { status, body } = await other.patch('/products/cup', { values: changed })
        return [status, body.message]
      }
      expect(await change({ price_note: text('x') })).toEqual([
        422,
        'The price_note attribute does not exist in your PIM. Check the expected format on the API documentation.',
      ])
      expect((await change({ remark: text('x') }))[0]).toBe(403)
      expect((await change({ title: text('x', 'fr_FR') }))[0]).toBe(403)
      expect((await change({ title: text('x', 'de_DE') }))[0]).toBe(422)
      expect(await change({ title: text('Mug', 'en_US') })).toEqual([204, undefined])
      const kept = itemOf(await owner.get('/products/cup'))
      expect(kept.values['title']).toHaveLength(3)
      expect(kept.values['price_note']).toEqual(text('low'))
    })
  })
})

describe('drafts', () => {
  it.each(['products/cup', 'products-uuid/UUID'])(
    'hold what somebody writes who may edit and does not own %s',
    async (address) => {
      await withEditor({ categories: { cups: 'edit' } }, async (owner, other) => {
        await owner.post('/products', {
          identifier: 'cup',
          categories: ['cups'],
          values: { a_text: text('before') },
        })
        const { uuid } = (await owner.get('/products/cup')).body
        const path = `/${address.replace('UUID', String(uuid))}`
        expect((await other.get(`${path}/draft`)).status).toBe(404)
        expect(
          (
            await other.send(`${path}/proposal`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
            })
          ).status,
        ).toBe(422)
        const before = (await owner.get(path)).body
        expect((await other.patch(path, { values: { a_text: text('after') } })).status).toBe(204)
        expect((await owner.get(path)).body).toEqual(before)
        const valuesOf = async (at: string) => itemOf(await other.get(at)).values['a_text']
        expect(await valuesOf(path)).toEqual(text('before'))
        expect(await valuesOf(`${path}/draft`)).toEqual(text('after'))
        expect((await other.post(`${path}/proposal`, {})).status).toBe(201)
        expect((await other.get(path)).body['metadata']).toEqual({
          workflow_status: 'proposal_waiting_for_approval',
        })
        expect((await other.patch(path, { enabled: false })).status).toBe(403)
        expect((await owner.get(`${path}/draft`)).status).toBe(403)
        expect((await other.patch(path, { values: { a_text: text('before') } })).status).toBe(204)
        expect((await other.get(`${path}/draft`)).status).toBe(404)
      })
    },
  )

  it('exist for models, too', async () => {
    await withEditor({ categories: { cups: 'edit' } }, async (owner, other) => {
      await owner.post('/product-models', {
        code: 'cup_model',
        family_variant: 'two_levels',
        categories: ['cups'],
      })
      const path = '/product-models/cup_model'
      expect((await owner.get(path)).status).toBe(200)
      expect((await other.patch(path, { values: { a_number: text('5') } })).status).toBe(204)
      expect((await owner.get(path)).body['values']).toEqual({})
      expect((await other.get(`${path}/draft`)).body['values']).toEqual({ a_number: text('5.0000') })
      expect((await other.patch(path, { categories: [] })).status).toBe(403)
    })
  })
})

describe('rights by kind of call', () => {
  it('guard assets and records, to list, to change and to delete', async () => {
    const denied = (acl: string): Rights => ({ acls: { [acl]: false } })
    const cases: [acl: string, method: string, path: string, what: string][] = [
      ['pim_api_asset_family_list', 'GET', '/asset-families', 'list asset families'],
      ['pim_api_asset_family_edit', 'PATCH', '/asset-families/f', 'create or update asset families'],
      ['pim_api_asset_list', 'GET', '/asset-families/f/assets', 'list assets'],
      ['pim_api_asset_edit', 'PATCH', '/asset-families/f/assets/a', 'create or update assets'],
      ['pim_api_asset_remove', 'DELETE', '/asset-families/f/assets/a', 'delete assets'],
      ['pim_api_reference_entity_list', 'GET', '/reference-entities/e/attributes', 'list reference entities'],
      [
        'pim_api_reference_entity_edit',
        'PATCH',
        '/reference-entities/e',
        'create or update reference entities',
      ],
      ['pim_api_record_list', 'GET', '/reference-entities/e/records', 'list records'],
      ['pim_api_record_edit', 'PATCH', '/reference-entities/e/records/r', 'create or update records'],
    ]
    for (const [acl, method, path, what] of cases) {
      await withEditor(denied(acl), async (owner, other) => {
        for (const one of ['/asset-families/f', '/reference-entities/e']) await owner.patch(one, {})
        const headers = { 'content-type': 'application/json' }
        const call = { method, headers, ...(method === 'PATCH' && { body: '{}' }) }
        expect(await other.send(path, call)).toMatchObject({
          status: 403,
          body: { message: `Access forbidden. You are not allowed to ${what}.` },
        })
        expect((await owner.send(path, call)).status).not.toBe(403)
      })
    }
  })

  it('leave the structure’s own lists whole: rights of groups, locales and categories are about products', async () => {
    const rights: Rights = {
      categories: { cups: 'none' },
      attributeGroups: { other: 'none' },
      locales: { fr_FR: 'none' },
    }
    await withEditor(rights, async (owner, other) => {
      for (const path of [
        '/categories',
        '/attribute-groups',
        '/attributes?limit=100',
        '/locales?limit=100',
      ]) {
        expect((await other.get(path)).text).toBe((await owner.get(path)).text)
      }
      expect((await other.get('/categories/blue_cups')).status).toBe(200)
    })
  })
})
