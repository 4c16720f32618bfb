import { describe, expect, it } from 'vitest'
import { placeFile, type Placing } from '../../activities/enrichment/place-file.ts'
import type { ShownRecord } from '../../activities/enrichment/writing.ts'
import { ContractError, TransientError } from '../../connectors/errors.ts'
import type { HeldFile } from '../../connectors/hub/enrichment/files.ts'
import { assetOf } from '../domain/enrichment/sheets.ts'
import { onlyCalls } from '../connectors/akeneo/helpers.ts'

const place = { attribute: 'image', locale: null, scope: null }
const file: HeldFile = {
  ...place,
  stream: 'products',
  key: 'uuid-1',
  place: 'image  ',
  assetKey: '1.jpg',
  asset: assetOf('https://images.example.test/1.jpg'),
  base: null,
  product: 'uuid-1',
  icecatId: '1',
  attempts: 0,
}
const showing = (data: unknown, code: string | null = 'NL-1') =>
  // What is read of a record.
  ({ key: 'uuid-1', code, values: { image: [{ ...place, data }] } }) as unknown as ShownRecord
const story = { asked: 'PATCH', came: '503', remedy: 'Wait.' }

interface Answers {
  patch?: object
  upload?: object
  mediaFile?: object | null
  deletion?: string
  proposal?: string
  by?: 'uuid' | 'identifier'
  /** What stands in for Icecat's file; an error is thrown. */
  asset?: object | null
  /** What another place has uploaded of the same content. */
  known?: string
  isOurs?: boolean
  write?: 'direct' | 'proposal'
  maxMegabytes?: string
}

/** What becomes of a file when Akeneo and Icecat answer so, and what they were asked. */
async function placed(answers: Answers, changes: Partial<HeldFile> = {}, record = showing(null)) {
  const asked: string[] = []
  const said =
    (what: string, answer: unknown) =>
    (...about: unknown[]) => {
      asked.push([what, ...about.filter((one) => typeof one === 'string')].join(' '))
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    }
  const { by = 'uuid', isOurs = true, write = 'direct' } = answers
  let most = 0
  const placing: Placing = {
    // What of a run is looked at here; its lease is one row or none.
    writing: {
      deps: { sql: () => Promise.resolve(isOurs ? [{}] : []) },
      connection: { name: 'acme', config: { akeneo: { url: 'https://pim.example.test', timeoutMs: 1000 } } },
      structure: { attributes: new Map([['image', { max_file_size: answers.maxMegabytes }]]) },
      write,
    } as unknown as Placing['writing'],
    calls: onlyCalls({
      patch: (stream: string, lines: string[]) => {
        const answer =
          answers.patch instanceof Error
            ? answers.patch
            : { outcomes: [answers.patch], ticket: 5n, date: null }
        return said('patch', answer)(stream, ...lines)
      },
      productsBy: () => Promise.resolve(by),
      upload: said('upload', answers.upload),
      mediaFile: said('mediaFile', answers.mediaFile),
      deleteProduct: said('delete', answers.deletion),
      propose: said('propose', answers.proposal),
    }),
    icecat: {
      asset: (url: string, to: { maxBytes: number }) => {
        most = to.maxBytes
        return said('asset', answers.asset)(url)
      },
    } as unknown as Placing['icecat'],
    holder: 'h',
    path: '/nowhere/file',
    once: async (upload) =>
      answers.known === undefined ? { fate: await upload() } : { code: answers.known },
  }
  const fate = await placeFile(placing, { ...file, ...changes }, record)
  return { fate, asked, most }
}

const fetched = { contentType: 'image/jpeg', size: 10 }
const uploaded = { kind: 'uploaded', code: 'a/1.jpg', ticket: 7n, date: new Date(0) }

describe('a file for a place in Akeneo', () => {
  it('is nobody’s when its record is gone', async () => {
    // Nothing is asked then.
    expect(await placeFile({} as Placing, file, undefined)).toEqual({
      kind: 'problem',
      code: 'gone',
      message: 'Akeneo does not show this record any more.',
    })
  })

  it('leaves what a person has put there, unless it is our own upload whose answer was lost', async () => {
    expect((await placed({}, {}, showing('x/mine.jpg'))).fate).toEqual({ kind: 'overtaken' })
    const lost = { attempts: 1 }
    const same = { original_filename: '1.jpg', mime_type: 'image/jpeg', size: 10 }
    expect((await placed({ mediaFile: same }, lost, showing('x/1.jpg'))).fate).toMatchObject({
      kind: 'placed',
      code: 'x/1.jpg',
      bytes: null,
    })
    for (const mediaFile of [null, { ...same, original_filename: 'mine.jpg' }]) {
      expect((await placed({ mediaFile }, lost, showing('x/1.jpg'))).fate).toEqual({ kind: 'overtaken' })
    }
    const sized = { ...lost, asset: { ...assetOf('https://images.example.test/1.jpg'), size: 11 } }
    expect((await placed({ mediaFile: same }, sized, showing('x/1.jpg'))).fate).toEqual({ kind: 'overtaken' })
    // It was to be taken away, and somebody has put another one there.
    expect((await placed({}, { ...lost, asset: null, base: 'x/1.jpg' }, showing('x/mine.jpg'))).fate).toEqual(
      {
        kind: 'overtaken',
      },
    )
  })

  it('is set where another place has brought it, and brought again where somebody has thrown that away', async () => {
    const set = await placed({ known: 'k/1.jpg', patch: { kind: 'updated' } })
    expect(set.fate).toMatchObject({ kind: 'placed', code: 'k/1.jpg', bytes: null, ticket: 5n })
    expect(set.asked).toEqual([expect.stringContaining('patch products')])
    const refused = { kind: 'refused', status: 422, message: 'No such file', errors: [] }
    const again = await placed({ known: 'k/1.jpg', patch: refused, asset: fetched, upload: uploaded })
    expect(again.fate).toMatchObject({ kind: 'placed', code: 'a/1.jpg', bytes: 10, ticket: 7n })
  })

  it('that Akeneo refuses is refused with its words', async () => {
    const refused = (errors: { message: string }[]) => ({
      kind: 'refused',
      status: 422,
      message: 'Validation failed.',
      errors,
    })
    const words = async (upload: object) => (await placed({ asset: fetched, upload })).fate
    expect(await words(refused([]))).toEqual({ kind: 'refused', code: '422', message: 'Validation failed.' })
    expect(await words(refused([{ message: 'Too large.' }, { message: 'No image.' }]))).toMatchObject({
      message: 'Too large. No image.',
    })
    const taken = await placed({ patch: refused([]) }, { asset: null })
    expect(taken.fate).toMatchObject({ kind: 'refused', message: 'Validation failed.' })
  })

  it('is not fetched beyond what its attribute takes', async () => {
    const most = async (maxMegabytes?: string) =>
      (await placed({ asset: null, ...(maxMegabytes === undefined ? {} : { maxMegabytes }) })).most
    expect(await most('1.5')).toBe(1.5 * 1024 * 1024)
    expect(await most()).toBe(200 * 1024 * 1024)
    expect(await most('5000')).toBe(200 * 1024 * 1024)
    const large = new ContractError({
      ...story,
      code: 'asset-too-large',
      asked: 'GET 1.jpg',
      came: 'more than 10 bytes',
    })
    expect((await placed({ asset: large })).fate).toEqual({
      kind: 'refused',
      code: 'asset-too-large',
      message: 'GET 1.jpg: more than 10 bytes',
    })
  })

  it('waits where the answer is lost, and ends the run where it is our own turn that is missing', async () => {
    const down = new TransientError({ ...story, code: 'server-error' })
    expect((await placed({ patch: down }, { asset: null })).fate).toEqual({
      kind: 'later',
      message: 'PATCH: 503',
    })
    expect((await placed({ patch: { kind: 'unknown' } }, { asset: null })).fate).toEqual({
      kind: 'later',
      message: 'Akeneo’s answer ended before this line',
    })
    const noLane = new TransientError({ ...story, code: 'no-lane' })
    await expect(placed({ patch: noLane }, { asset: null })).rejects.toBe(noLane)
    const bug = new TypeError('x is not a function')
    await expect(placed({ asset: bug })).rejects.toBe(bug)
  })

  it('is not touched by who has lost it to another worker', async () => {
    expect(await placed({ isOurs: false }, { asset: null })).toMatchObject({
      fate: { kind: 'lost' },
      asked: [],
    })
    const late = await placed({ isOurs: false, asset: fetched })
    expect(late.fate).toEqual({ kind: 'lost' })
    expect(late.asked).toEqual(['asset https://images.example.test/1.jpg'])
  })

  it('tells truly what became of a record that its update made anew', async () => {
    const made = (deletion: string, changes: Partial<HeldFile> = {}) =>
      placed({ patch: { kind: 'created' }, deletion }, { asset: null, ...changes })
    const back = await made('deleted')
    expect(back.fate).toMatchObject({
      code: 'gone',
      message: expect.stringContaining('was deleted again') as string,
    })
    expect(back.asked.at(-1)).toBe('delete uuid-1')
    const stays = 'this user cannot delete it: https://pim.example.test/#/enrich/'
    expect((await made('forbidden')).fate).toMatchObject({
      code: 'created-by-mistake',
      message: expect.stringContaining(`${stays}product/uuid-1`) as string,
    })
    const model = await made('deleted', { stream: 'product-models', key: 'jacket' })
    expect(model.fate).toMatchObject({
      message: expect.stringContaining(`${stays}product-model/jacket`) as string,
    })
    expect(model.asked).toHaveLength(1)
  })

  it('is handed in for approval where the mapping says so', async () => {
    const proposing = (proposal: string) =>
      placed({ write: 'proposal', patch: { kind: 'updated' }, proposal, by: 'identifier' }, { asset: null })
    const { fate, asked } = await proposing('submitted')
    expect(fate.kind).toBe('placed')
    // Where products go by identifier, so does this.
    expect(asked.at(-1)).toBe('propose products NL-1')
    await expect(proposing('direct')).rejects.toMatchObject({ code: 'not-a-draft' })
  })
})
