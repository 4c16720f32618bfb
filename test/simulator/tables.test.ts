import { describe, expect, it } from 'vitest'
import { withAkeneo, type Api } from './api.ts'
import { value } from './small-pim.ts'

const columns = [
  { code: 'part', data_type: 'select', options: [{ code: 'lid' }, { code: 'cup' }] },
  { code: 'count', data_type: 'number', validations: { min: 1, max: 9 } },
  { code: 'note', data_type: 'text', validations: { max_length: 5 } },
  { code: 'fragile', data_type: 'boolean' },
]
const table = { code: 'parts', type: 'pim_catalog_table', group: 'other', table_configuration: columns }

async function write(api: Api, rows: unknown[]): Promise<string[] | number> {
  const { status, body } = await api.patch('/products/a', { values: { parts: value(rows) } })
  return body.errors?.map(({ message }) => message) ?? status
}

describe('table attributes', () => {
  it.each([
    [[{ part: 'lid' }, { part: 'cup', count: '3', note: 'thin', fragile: true }], 204],
    [[{ count: 1 }], ['Row 1 of the parts attribute needs a value in the column "part".']],
    [
      [{ part: 'lid' }, { part: 'LID' }],
      ['Row 2 of the parts attribute repeats the value of the column "part".'],
    ],
    [[{ part: 'ear' }], ['Row 1 of the parts attribute has a value in the column "part" that is no select.']],
    [
      [{ part: 'lid', count: 10 }],
      ['Row 1 of the parts attribute has a value in the column "count" that is no number.'],
    ],
    [
      [{ part: 'lid', count: '1.5' }],
      ['Row 1 of the parts attribute has a value in the column "count" that is no number.'],
    ],
    [
      [{ part: 'lid', note: 'too long' }],
      ['Row 1 of the parts attribute has a value in the column "note" that is no text.'],
    ],
    [[{ part: 'lid', size: 1 }], ['Row 1 of the parts attribute has an unknown column "size".']],
    [
      Array.from({ length: 101 }, () => ({ part: 'lid' })).map((row, index) => (index > 0 ? 'x' : row)),
      [
        'The parts attribute must not have more than 100 rows.',
        ...Array.from(
          { length: 100 },
          (_, index) => `Row ${index + 2} of the parts attribute is not an object.`,
        ),
      ],
    ],
  ])('answer to the rows %j', async (rows, answer) => {
    await withAkeneo({}, async (api) => {
      expect((await api.post('/attributes', table)).status).toBe(201)
      expect(await write(api, rows)).toEqual(answer === 204 ? 201 : answer)
    })
  })

  it('show options when asked, and refuse columns that make no table', async () => {
    await withAkeneo({}, async (api) => {
      await api.post('/attributes', table)
      const shown = async (query: string) => {
        const { body } = await api.get(`/attributes/parts${query}`)
        return (body['table_configuration'] as { options?: unknown }[])[0]?.options
      }
      expect(await shown('')).toBeUndefined()
      expect(await shown('?with_table_select_options=true')).toEqual(columns[0]?.options)
      const refused = async (table_configuration: unknown) =>
        (await api.post('/attributes', { ...table, code: 'other_parts', table_configuration })).body.errors
      expect(await refused([columns[0]])).toHaveLength(1)
      expect(await refused([columns[1], columns[2]])).toMatchObject([
        { property: 'table_configuration[0].data_type' },
      ])
      expect(
        await refused([columns[0], { ...columns[1], code: 'Part' }, { code: 'a-b', data_type: 'x' }]),
      ).toMatchObject([
        { property: 'table_configuration[1].code' },
        { property: 'table_configuration[2].code' },
        { property: 'table_configuration[2].data_type' },
      ])
    })
  })
})
