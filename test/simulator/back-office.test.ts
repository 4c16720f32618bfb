import { describe, expect, it } from 'vitest'
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { apiOf, itemOf, items, search, withAkeneo, type Api } from './api.ts'
import { cloudPim, fillSmallPim, smallPim, value } from './small-pim.ts'

/** Over HTTP, as another process does it. */
async function act(api: Api, name: string, body: object): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${api.simulator.url}/_simulator/back-office/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

describe('published products', () => {
  it(
    'stand as they were published, in lists of their own',
    smallPim(async (api) => {
      await api.post('/product-models', {
        code: 'm',
        family_variant: 'one_level',
        values: { a_text: value('from the model') },
      })
      const axis = { a_simple_select: value('optionA') }
      await api.post('/products', { identifier: 'v', parent: 'm', values: axis, categories: ['shoes'] })
      for (const code of ['a', 'b', 'c']) await api.post('/products', { identifier: code })
      for (const code of ['v', 'a', 'b']) expect((await act(api, 'publish', { code })).status).toBe(200)
      await api.patch('/products/v', { enabled: false, categories: [] })
      await api.delete('/products/a')
      const { body } = await api.get('/published-products/v')
      expect(Object.keys(body)).toEqual([
        'identifier',
        'enabled',
        'family',
        'categories',
        'groups',
        'values',
        'created',
        'updated',
        'associations',
        'quantified_associations',
      ])
      expect(body).toMatchObject({
        identifier: 'v',
        enabled: true,
        categories: ['shoes'],
        values: { a_text: value('from the model'), ...axis },
      })
      const listed = async (query: string) => {
        const answer = await api.get(`/published-products?${query}`)
        return [answer, items(answer).map(({ identifier }) => identifier)] as const
      }
      expect((await listed('with_count=true'))[0].body.items_count).toBe(3)
      expect((await listed(search({ enabled: [{ operator: '=', value: false }] })))[1]).toEqual([])
      const [page, codes] = await listed('pagination_type=search_after&limit=2')
      expect(codes).toEqual(['a', 'b'])
      const next = await api.get(page.body._links?.['next']?.href ?? '')
      expect(items(next).map(({ identifier }) => identifier)).toEqual(['v'])
      expect((await act(api, 'unpublish', { code: 'v' })).status).toBe(200)
      expect((await api.get('/published-products/v')).status).toBe(404)
      expect((await act(api, 'publish', { code: 'none' })).status).toBe(404)
    }),
  )

  it.each(['CE', 'GE', 'Serenity'])('are unknown to the edition %s', (edition) =>
    withAkeneo({ edition }, async (api) => {
      expect((await api.get('/published-products')).status).toBe(404)
    }),
  )
})

const EDITOR = { clientId: 'e', clientSecret: 'e', username: 'e', password: 'e' }

describe('proposals', () => {
  async function withProposal(test: (owner: Api, editor: Api) => Promise<void>): Promise<void> {
    const rights = { categories: { shoes: 'edit' as const } }
    const simulator = await startAkeneo({ connections: [{ code: 'editor', ...EDITOR, rights }] })
    try {
      const owner = await apiOf(simulator)
      await fillSmallPim(owner)
      const values = { a_text: value('old'), a_text_area: value('old') }
      await owner.post('/products', { identifier: 'foo', categories: ['shoes'], values })
      const editor = await apiOf(simulator, EDITOR)
      expect((await editor.patch('/products/foo', { values: { a_text: value('proposed') } })).status).toBe(
        204,
      )
      await test(owner, editor)
    } finally {
      await simulator.close()
    }
  }
  const which = { connection: 'editor', resource: 'product', code: 'foo' }
  const textsOf = async (api: Api) => {
    const { values } = itemOf(await api.get('/products/foo'))
    return ['a_text', 'a_text_area'].map((code) => values[code]?.[0]?.data)
  }

  it('change what they propose when they are approved, and nothing that others wrote meanwhile', () =>
    withProposal(async (owner, editor) => {
      expect((await act(owner, 'approve', which)).status).toBe(404)
      expect((await editor.post('/products/foo/proposal', {})).status).toBe(201)
      await owner.patch('/products/foo', { values: { a_text_area: value('meanwhile') } })
      expect((await act(owner, 'approve', which)).status).toBe(200)
      expect(await textsOf(owner)).toEqual(['proposed', 'meanwhile'])
      expect((await editor.get('/products/foo')).body['metadata']).toEqual({
        workflow_status: 'working_copy',
      })
      expect((await act(owner, 'approve', which)).status).toBe(404)
    }))

  it('go back to their author when they are rejected', () =>
    withProposal(async (owner, editor) => {
      await editor.post('/products/foo/proposal', {})
      expect((await act(owner, 'reject', which)).status).toBe(200)
      expect(await textsOf(owner)).toEqual(['old', 'old'])
      expect((await editor.get('/products/foo')).body['metadata']).toEqual({
        workflow_status: 'draft_in_progress',
      })
      expect((await editor.post('/products/foo/proposal', {})).status).toBe(201)
    }))
})

describe('credentials', () => {
  it.each(['secret', 'password'] as const)('end all tokens of a connection with a new %s', (what) =>
    withAkeneo({}, async (api) => {
      const { simulator } = api
      expect((await api.get('/products')).status).toBe(200)
      const { body } = await act(api, `regenerate-${what}`, { connection: 'simulator' })
      const fresh = (body as Record<string, string>)[what] ?? ''
      expect((await api.get('/products')).body.message).toBe('The access token provided is invalid.')
      expect(await api.token()).toBeUndefined()
      const { credentials } = simulator
      const renewed = { ...credentials, [what === 'secret' ? 'clientSecret' : 'password']: fresh }
      const again = await apiOf(simulator, renewed)
      expect((await again.get('/products')).status).toBe(200)
      expect((await act(api, `regenerate-${what}`, { connection: 'none' })).status).toBe(404)
    }),
  )
})

describe('jobs', () => {
  it(
    'are launched by their code and kind',
    cloudPim(async (api) => {
      const jobs = [
        { code: 'nightly', type: 'export' },
        { code: 'erp', type: 'import' },
      ]
      expect((await act(api, 'jobs', { jobs })).status).toBe(200)
      const launch = (path: string, body = '') =>
        api.send(`/jobs/${path}`, { method: 'POST', ...(body !== '' && { body }) })
      expect((await launch('export/nightly')).body).toEqual({ execution_id: '1' })
      expect((await launch('import/erp', '{"import_mode":"update_only"}')).body).toEqual({
        execution_id: '2',
      })
      expect((await launch('import/erp', '{"import_mode":"all"}')).status).toBe(422)
      expect((await launch('import/erp', '{')).status).toBe(400)
      expect((await launch('import/nightly')).status).toBe(404)
      expect((await act(api, 'job-executions', {})).body).toMatchObject([
        { id: '1', code: 'nightly', type: 'export' },
        { id: '2', code: 'erp', type: 'import' },
      ])
      expect((await act(api, 'jobs', { jobs: [{ code: 'x', type: 'y' }] })).status).toBe(400)
    }),
  )
})

describe('permissions', () => {
  it('of a user are told by its uuid, for channels and locales', async () => {
    const rights = { locales: { fr_FR: 'view' as const, de_DE: 'none' as const } }
    const simulator = await startAkeneo({
      edition: 'Serenity',
      connections: [{ code: 'editor', ...EDITOR, rights }],
    })
    try {
      const api = await apiOf(simulator)
      await fillSmallPim(api)
      const state = (await (await fetch(`${simulator.url}/_simulator/state`)).json()) as {
        users: Record<string, string>
      }
      const uuid = state.users['e']
      expect((await api.get(`/permissions/${uuid}/channels`)).body).toEqual({
        userUuid: uuid,
        channels: { ecommerce: { canView: 'true', canEdit: 'true' } },
      })
      expect((await api.get(`/permissions/${uuid}/locales`)).body['locales']).toMatchObject({
        de_DE: { canView: 'false', canEdit: 'false' },
        en_US: { canView: 'true', canEdit: 'true' },
        fr_FR: { canView: 'true', canEdit: 'false' },
      })
      expect((await api.get('/permissions/none/locales')).status).toBe(404)
    } finally {
      await simulator.close()
    }
  })
})

describe('workflows and readiness', () => {
  it(
    'are what somebody set in the PIM, and shown when asked for',
    cloudPim(async (api) => {
      await api.post('/products', { identifier: 'foo' })
      await api.post('/product-models', { code: 'm', family_variant: 'one_level' })
      const statuses = [{ uuid: 'x', status: 'in_progress', tasks: [] }]
      for (const [resource, code] of [
        ['product', 'foo'],
        ['product-model', 'm'],
      ]) {
        expect((await act(api, 'workflow-statuses', { resource, code, statuses })).status).toBe(200)
      }
      const query = 'with_workflow_execution_statuses=true'
      for (const path of ['/products/foo', '/product-models/m']) {
        expect((await api.get(`${path}?${query}`)).body['workflow_execution_statuses']).toEqual(statuses)
        expect((await api.get(path)).body).not.toHaveProperty('workflow_execution_statuses')
      }
      const list = await api.get(`/products-uuid?${query}&limit=1`)
      expect(items(list)[0]?.['workflow_execution_statuses']).toEqual(statuses)
      expect(list.body._links?.['next']?.href).toContain(query)
      expect((await act(api, 'workflow-statuses', { resource: 'product', code: 'foo' })).status).toBe(400)
      const configurations = [{ code: 'shop', attributes: ['a_text'] }]
      expect((await act(api, 'readiness', { configurations })).status).toBe(200)
      const filter = search({ readiness: [{ operator: 'NOT EMPTY', readiness_code: 'shop' }] })
      expect(items(await api.get(`/products?${filter}`))).toHaveLength(1)
      expect((await act(api, 'readiness', { configurations: [{ code: 'shop' }] })).status).toBe(400)
    }),
  )
})
