import { startEnrichment, startEnrichProduct } from '../../client/support/starts.ts'
import { until } from '../support/until.ts'
import { enrichmentProblems } from './enrichment-checks.ts'
import { sheetOfMade } from './icecat-content.ts'
import { soon } from './soon.ts'
import type { Stage } from './stage.ts'
import type { World } from './world.ts'

/** A value and a file that the hub has written, where a person puts another one. */
const place = 'note de_DE '
const filePlace = 'picture  '
const words = 'a person’s own words'

/** Lines are decided on and not sent yet when a person edits what they are about. */
export async function editCheck(world: World, stage: Stage): Promise<string[]> {
  const { uuid } = await enrichedProduct(world, stage)
  const held = world.proxy.holdNext(/pg_column_size\(values\)/)
  const run = await world.start(startEnrichment(world.connection))
  const { release } = await soon(held)
  await world.akeneo.ask('write', { uuid, place, data: words })
  await stage.searchShows('all')
  release()
  await world.ended(run)
  return isKept(world, uuid, place, words)
}

/** A file is decided on and not fetched yet when a person puts another one there. */
export async function fileCheck(world: World, stage: Stage): Promise<string[]> {
  const { uuid } = await enrichedProduct(world, stage, filePlace)
  const held = world.proxy.holdNext(/update enrichment_file f set holder/)
  const run = await world.start(startEnrichment(world.connection))
  const { release } = await soon(held)
  await until(() => isFileWanted(world, uuid), 'a file is decided on', 30_000)
  await world.akeneo.ask('putFile', { uuid, place: filePlace, content: words })
  await stage.searchShows('all')
  release()
  await world.ended(run)
  return isKept(world, uuid, filePlace, `a file: ${words}`)
}

/** The answer to a write is lost with its run; before another one comes, Icecat has the next content. */
export async function sentFirst(world: World, stage: Stage): Promise<string[]> {
  const { sheet } = await enrichedProduct(world, stage)
  const path = '/api/rest/v1/products*'
  await world.akeneo.ask('fault', { method: 'PATCH', path, resetAfterWork: true, count: 1 })
  const before = await world.akeneo.ask('writings', null)
  const run = await world.start(startEnrichment(world.connection))
  await until(async () => (await world.akeneo.ask('writings', null)) > before, 'the lines are sent', 30_000)
  await world.client.workflow.getHandle(run).terminate('its machine room burnt down')
  await stage.allEnded()
  await until(() => isNothingHeld(world), 'the lines are free again', 30_000)
  await world.icecat.ask('change', [sheet])
  await stage.rest()
  const { lost, doubled } = await enrichmentProblems(world)
  return [...lost, ...doubled]
}

/** A worker waits for its database right before it sends a line, until another one has sent it and a person has edited the value. */
export async function sendInTime(world: World, stage: Stage): Promise<string[]> {
  const { uuid } = await enrichedProduct(world, stage)
  const marked = world.proxy.holdNext(/update enrichment_line set state = 'sent'/)
  const run = await world.start(startEnrichment(world.connection))
  const { release: goOn } = await soon(marked)
  const starting = world.proxy.holdNext(/lane_start/)
  goOn()
  const { release } = await soon(starting)
  const before = await world.akeneo.ask('writings', null)
  const other = await world.start(startEnrichProduct(world.connection, uuid))
  await until(
    async () => (await world.akeneo.ask('writings', null)) > before,
    'another one has sent the line',
    60_000,
  )
  await world.akeneo.ask('write', { uuid, place, data: words })
  release()
  for (const id of [run, other]) await world.ended(id)
  return isKept(world, uuid, place, words)
}

/** All is written; then Icecat has another content for a product that nobody has edited at this place. */
async function enrichedProduct(
  world: World,
  stage: Stage,
  at = place,
): Promise<{ uuid: string; sheet: string }> {
  await stage.rest()
  const { products, written } = await world.akeneo.ask('writes', null)
  const product = products.find(
    ({ uuid, sheet, isVariant, family }) =>
      !isVariant &&
      family !== null &&
      sheet !== null &&
      sheet >= sheetOfMade(0) &&
      written.findLast((one) => one.record === uuid && one.place === at)?.by === 'hub',
  )
  if (product?.sheet == null) throw new Error('No product was enriched whose value stands')
  await world.icecat.ask('change', [product.sheet])
  return { uuid: product.uuid, sheet: product.sheet }
}

async function isNothingHeld({ sql, connection }: World): Promise<boolean> {
  const [held] = await sql`
    select 1 from enrichment_line where connection = ${connection} and held_until > clock_timestamp() limit 1`
  return held === undefined
}

async function isFileWanted({ sql, connection }: World, key: string): Promise<boolean> {
  const [wanted] = await sql`select 1 from enrichment_file where connection = ${connection} and key = ${key}`
  return wanted !== undefined
}

async function isKept({ akeneo }: World, record: string, at: string, data: string): Promise<string[]> {
  const { written } = await akeneo.ask('writes', null)
  const last = written.findLast((one) => one.record === record && one.place === at)
  return last?.data === data
    ? []
    : [`enrichment: ${record} ${at}: ${data} was written over by ${String(last?.data)}`]
}
