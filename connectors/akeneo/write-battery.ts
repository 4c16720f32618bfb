import type { CheckLine } from '../../domain/check-report.ts'
import { look } from '../look.ts'
import type { AkeneoCalls } from './client.ts'
import type { LocalFile } from './multipart.ts'
import { type LineOutcome, linesPerCall } from './patch.ts'
import type { AkeneoProduct } from './schema.ts'
import { failed, ok, skipped, unexpected, worded } from './write-test-lines.ts'
import { dataAt, type TestPlace, type TestPlaces } from './write-test-places.ts'

/** What a battery of writes against one product found, and what of it stays. */
export interface WriteTestReport {
  product: string
  lines: CheckLine[]
  /** Whether all that was written was put back, as a reading afterwards shows. */
  isRestored: boolean
  /** What cannot be taken back, in sentences. */
  stays: string[]
}

/** Whatever a catalogue is written in: accents, signs of three and of four bytes, and what looks like HTML. */
const utf8Text = 'pimflow ½ é ß Ω 日本語 עברית 😀 <b>&amp;'

/** The writes against one product, each with a line of the report, and what puts its values back. */
export class Battery {
  readonly #report: WriteTestReport
  readonly #calls: AkeneoCalls
  readonly #key: string
  readonly #before: AkeneoProduct
  /** Places that may hold a test's value, with what stood there. */
  readonly #touched = new Map<string, TestPlace>()
  #patches = 0

  constructor(report: WriteTestReport, calls: AkeneoCalls, key: string, product: AkeneoProduct) {
    this.#report = report
    this.#calls = calls
    this.#key = key
    this.#before = product
  }

  async run(
    { plain, localized, image, identifier, inactiveLocale }: TestPlaces,
    picture: LocalFile,
  ): Promise<void> {
    const { lines } = this.#report
    const target = plain ?? localized[0] ?? null
    if (target === null) {
      lines.push(
        failed(
          'permissions',
          'its family has no text that takes anything',
          'Name a product of a family with a text attribute that has no rule.',
        ),
      )
      return
    }
    if (!(await this.#permissions(target))) return
    await this.#collection(target)
    await this.#refusedLine(target)
    await this.#batch()
    await this.#utf8(target)
    await this.#places(localized, inactiveLocale)
    await this.#media(image, identifier, picture)
  }

  /** One record as JSON. False: this user's writes do not arrive, so that nothing else could be seen. */
  async #permissions(target: TestPlace): Promise<boolean> {
    return this.#test('PATCH single', async () => {
      const outcome = await this.#single([{ ...target, data: 'pimflow 1' }])
      if (outcome.kind === 'refused' && outcome.status === 403) {
        return failed(
          'permissions',
          `403 "${outcome.message}"`,
          'Give the user of the connection the right to edit products (Web API permissions), and this product’s category and attribute group.',
        )
      }
      if (outcome.kind !== 'updated') return failed('PATCH single', worded(outcome), unexpected)
      if (await this.#stands({ ...target, data: 'pimflow 1' })) {
        return ok(
          'permissions',
          'this user writes products directly; one product as JSON is taken and stands',
        )
      }
      return failed(
        'permissions',
        'Akeneo answered 204, and the value does not stand: it became a draft, or was dropped',
        'Where this user may edit but does not own the product, set write: proposal in the mapping; else look at its rights on the attribute group.',
      )
    })
  }

  async #collection(target: TestPlace): Promise<void> {
    await this.#test('PATCH NDJSON', async () => {
      const [outcome] = await this.#lines([[{ ...target, data: 'pimflow 2' }]])
      if (outcome?.kind !== 'updated') return failed('PATCH NDJSON', worded(outcome), unexpected)
      return (await this.#stands({ ...target, data: 'pimflow 2' }))
        ? ok('PATCH NDJSON', 'a line of a collection is taken and stands')
        : failed('PATCH NDJSON', 'the line was answered 204, and its value does not stand', unexpected)
    })
  }

  /** An attribute that does not exist, between two lines that are right. */
  async #refusedLine(target: TestPlace): Promise<void> {
    const name = 'refused line'
    await this.#test(name, async () => {
      const wrong = { attribute: 'pimflow_there_is_no_such_attribute', locale: null, scope: null, data: 'x' }
      const right = [{ ...target, data: 'pimflow 3' }]
      const outcomes = await this.#lines([right, [wrong], right])
      const [first, second, third] = outcomes
      if (first?.kind === 'updated' && second?.kind === 'refused' && third?.kind === 'updated')
        return ok(name, `a wrong line is refused alone: ${second.status} "${second.message.slice(0, 80)}"`)
      return failed(name, outcomes.map(worded).join(', '), unexpected)
    })
  }

  async #batch(): Promise<void> {
    const name = 'batch size'
    await this.#test(name, async () => {
      const began = performance.now()
      const { enabled } = this.#before
      const line = await this.#line({ enabled })
      const { outcomes } = await this.#calls.patch(
        'products',
        Array.from({ length: linesPerCall }, () => line),
      )
      const updated = outcomes.filter(({ kind }) => kind === 'updated').length
      const ms = Math.round(performance.now() - began)
      if (updated === linesPerCall)
        return ok(name, `${linesPerCall} lines in one request, each answered, in ${ms} ms`)
      return failed(
        name,
        `of ${linesPerCall} lines ${updated} were taken`,
        'Look whether a proxy in between limits the size or time of requests.',
      )
    })
  }

  async #utf8(target: TestPlace): Promise<void> {
    await this.#test('UTF-8', async () => {
      const outcome = await this.#single([{ ...target, data: utf8Text }])
      if (outcome.kind !== 'updated') return failed('UTF-8', worded(outcome), unexpected)
      const shown = await this.#shown(target)
      if (shown === utf8Text) return ok('UTF-8', 'signs of one to four bytes come back as they were sent')
      return failed(
        'UTF-8',
        `sent "${utf8Text}", came back "${String(shown)}"`,
        'Akeneo, its database or a proxy changes letters: its operator must set them to UTF-8 (utf8mb4).',
      )
    })
  }

  async #places(places: readonly TestPlace[], inactiveLocale: string | null): Promise<void> {
    const name = 'locales and scopes'
    const { lines } = this.#report
    const [first] = places
    if (first === undefined) {
      lines.push(skipped(name, 'its family has no text with a locale or a channel'))
      return
    }
    await this.#test(name, async () => {
      const values = places.map((place, index) => ({ ...place, data: `pimflow ${index + 4}` }))
      const outcome = await this.#single(values)
      if (outcome.kind !== 'updated') {
        const rights = 'Give this user the right to edit in every locale that the mapping names.'
        return failed(name, worded(outcome), rights)
      }
      const product = await this.#read()
      const lost = values.filter(
        ({ attribute, locale, scope, data }) => dataAt(product, attribute, locale, scope) !== data,
      )
      if (lost.length > 0) {
        const where = lost.map(({ locale, scope }) => [locale, scope].filter(Boolean).join(' ')).join(', ')
        return failed(
          name,
          `${first.attribute} does not stand in ${where}`,
          'Look at this user’s rights on these locales.',
        )
      }
      if (inactiveLocale === null)
        return ok(name, `${first.attribute} stands in ${places.length} places, each with its own value`)
      const [refused] = await this.#lines([[{ ...first, locale: inactiveLocale, data: 'x' }]])
      return refused?.kind === 'refused'
        ? ok(
            name,
            `${first.attribute} stands in ${places.length} places; ${inactiveLocale}, which no channel has, is refused`,
          )
        : failed(name, `${inactiveLocale}, which no channel has: ${worded(refused)}`, unexpected)
    })
  }

  async #media(image: TestPlace | null, identifier: string | null, picture: LocalFile): Promise<void> {
    const { lines, stays } = this.#report
    if (image === null || identifier === null) {
      const why = image === null ? 'its family has no image' : 'it has no identifier, which an upload needs'
      lines.push(skipped('media', why))
      return
    }
    await this.#test('media', async () => {
      this.#touch(image)
      const { attribute, locale, scope } = image
      const place = { stream: 'products' as const, name: identifier, attribute, locale, scope }
      const uploaded = await this.#calls.upload(picture, place)
      if (uploaded.kind === 'refused')
        return failed(
          'media',
          `${uploaded.status} "${uploaded.message}"`,
          'Give this user the right to edit this attribute group; look at the size that a proxy lets through.',
        )
      stays.push(`the file ${uploaded.code} stays in Akeneo's store, used by nothing`)
      const file = await this.#calls.mediaFile(uploaded.code)
      const shown = await this.#shown(image)
      if (shown === uploaded.code && file?.size === picture.size)
        return ok('media', `${attribute} shows an uploaded picture of ${picture.size} bytes`)
      return failed('media', `uploaded ${uploaded.code}, and ${attribute} shows ${String(shown)}`, unexpected)
    })
  }

  /** Puts back every place that may have been written, and looks. */
  async restore(): Promise<void> {
    const { lines, stays } = this.#report
    const places = [...this.#touched.values()]
    if (places.length === 0) return
    await look('restored', lines, async () => {
      const outcome = await this.#single(places)
      const after = await this.#read()
      const other = places.filter(
        ({ attribute, locale, scope, data }) =>
          JSON.stringify(dataAt(after, attribute, locale, scope)) !== JSON.stringify(data),
      )
      this.#report.isRestored = outcome.kind === 'updated' && other.length === 0
      lines.push(
        this.#report.isRestored
          ? ok('restored', `${places.length} values are as they were`)
          : failed(
              'restored',
              `${worded(outcome)}; otherwise than before: ${other.map(({ attribute, locale, scope, data }) => `${[attribute, locale, scope].filter(Boolean).join(' ')}, which was ${JSON.stringify(data)}`).join('; ')}`,
              'Put these values back in Akeneo by hand.',
            ),
      )
      stays.push(
        `${this.#patches} writes are in the product's history`,
        `its updated is ${after.updated}, and was ${this.#before.updated}`,
      )
    })
    if (lines.at(-1)?.status === 'failed') this.#report.isRestored = false
  }

  async #test(name: string, work: () => Promise<CheckLine>): Promise<boolean> {
    const { lines } = this.#report
    const before = lines.length
    await look(name, lines, async () => {
      lines.push(await work())
    })
    return lines.slice(before).every(({ status }) => status !== 'failed')
  }

  #touch(place: TestPlace): void {
    const { attribute, locale, scope } = place
    const name = JSON.stringify([attribute, locale, scope])
    if (!this.#touched.has(name))
      this.#touched.set(name, { ...place, data: dataAt(this.#before, attribute, locale, scope) })
  }

  async #single(places: readonly TestPlace[]): Promise<LineOutcome> {
    for (const place of places) this.#touch(place)
    this.#patches++
    return this.#calls.patchOne('products', this.#key, JSON.stringify({ values: valuesOf(places) }))
  }

  async #lines(records: readonly (readonly TestPlace[])[]): Promise<LineOutcome[]> {
    for (const place of records.flat()) if (!place.attribute.startsWith('pimflow_')) this.#touch(place)
    this.#patches += records.length
    const lines = await Promise.all(records.map((places) => this.#line({ values: valuesOf(places) })))
    const { outcomes } = await this.#calls.patch('products', lines)
    return outcomes
  }

  async #line(change: object): Promise<string> {
    const name = (await this.#calls.productsBy()) === 'uuid' ? { uuid: this.#key } : { identifier: this.#key }
    return JSON.stringify({ ...name, ...change })
  }

  async #read(): Promise<AkeneoProduct> {
    const { item } = await this.#calls.readOne('products', this.#key)
    return item as AkeneoProduct
  }

  async #shown({ attribute, locale, scope }: TestPlace): Promise<unknown> {
    return dataAt(await this.#read(), attribute, locale, scope)
  }

  async #stands(place: TestPlace): Promise<boolean> {
    return (await this.#shown(place)) === place.data
  }
}

function valuesOf(places: readonly TestPlace[]): Record<string, object[]> {
  const values: Record<string, object[]> = {}
  for (const { attribute, locale, scope, data } of places)
    (values[attribute] ??= []).push({ locale, scope, data })
  return values
}
