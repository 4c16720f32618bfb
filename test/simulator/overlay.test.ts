import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { INVENTED, items, withAkeneo } from './api.ts'

const overlay = new URL('../../examples/overlay', import.meta.url).pathname

describe('an overlay', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pimflow-overlay-'))
    onTestFinished(() => rm(folder, { recursive: true }))
  })

  it('adds products, structure, records and files to a catalogue', async () => {
    await withAkeneo({ catalog: INVENTED, overlay }, async (api) => {
      expect((await api.get('/products/EXTRA-CHAIR')).body['family']).toBe('extra_goods')
      expect((await api.get('/products/NL-DL7-W')).status).toBe(200)
      const { body } = await api.get('/reference-entities/extra_designers/records/aino')
      const { image } = body['values'] as Record<string, { data: string }[]>
      expect(image?.[0]?.data).toMatch(/_aino\.png$/)
      expect((await api.get(`/reference-entities-media-files/${image?.[0]?.data ?? ''}`)).status).toBe(200)
      const shots = items(await api.get('/asset-families/extra_shots/assets'))
      expect(shots.map(({ code }) => code)).toEqual(['chair_front', 'chair_side', 'table_front'])
    })
  })

  it('leaves what the catalogue has as it is', async () => {
    await writeFile(
      join(folder, 'association_types.csv'),
      'code;label-en_US;is_quantified\nX_SELL;Other words;1\n',
    )
    await withAkeneo({ catalog: INVENTED, overlay: folder }, async (api) => {
      const { body } = await api.get('/association-types/X_SELL')
      expect(body).toMatchObject({ is_quantified: false, labels: { en_US: 'Cross sell' } })
    })
  })

  it.each([
    ['{', /^reference_entities\.json: /],
    ['{}', /^reference_entities\.json: a list is expected$/],
    [
      '[{"code":"a","records":[{"code":"b","values":{"colour":[]}}]}]',
      /^reference_entities\.json: a\/b: .*colour/,
    ],
  ])('that cannot be loaded is named with its file: %s', async (text, message) => {
    await writeFile(join(folder, 'reference_entities.json'), text)
    await expect(startAkeneo({ catalog: INVENTED, overlay: folder })).rejects.toThrow(message)
  })
})
