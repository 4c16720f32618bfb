/* Drives the simulator with npm's node-akeneo-api, unchanged: list over several pages, create, update, batch, delete, media. */
import akeneo from 'node-akeneo-api'
import { Buffer } from 'node:buffer'
import console from 'node:console'
import { createReadStream, writeFileSync } from 'node:fs'
import process from 'node:process'

const checks = []
const check = (name, passed) => checks.push([name, passed])

async function main() {
  check('products', (await akeneo.get(`${akeneo.apiUrlProducts()}?page=1`)).length === 240)
  check(
    'products by cursor',
    (await akeneo.get(`${akeneo.apiUrlProducts()}?pagination_type=search_after`)).length === 240,
  )
  check('models', (await akeneo.get(`${akeneo.apiUrlProductModels()}?page=1`)).length === 34)
  check('categories', (await akeneo.get(`${akeneo.apiUrlCategories()}?page=1`)).length === 12)
  check('measurement families', (await akeneo.get(akeneo.apiUrlMeasurementFamilies())).length > 20)

  await akeneo.post(akeneo.apiUrlCategories(), { code: 'node_1', parent: 'master' })
  await akeneo.patch(akeneo.apiUrlCategories('node_1'), { labels: { en_US: 'Node' } })
  // This client can read single products, but no other single record.
  const search = encodeURIComponent('{"code":[{"operator":"IN","value":["node_1"]}]}')
  const [category] = await akeneo.get(`${akeneo.apiUrlCategories()}?search=${search}`)
  check('update', category.labels.en_US === 'Node')
  check('single product', (await akeneo.get(akeneo.apiUrlProducts('NL-DL7-W')))[0].family === 'lamps')
  const lines = Array.from({ length: 250 }, (_, index) => ({ identifier: `node-${index}`, family: 'lamps' }))
  await akeneo.patchVndAkeneoCollection(akeneo.apiUrlProducts(), lines)
  check('batch', (await akeneo.get(`${akeneo.apiUrlProducts()}?page=1`)).length === 240 + 250)
  await akeneo.delete_(akeneo.apiUrlProducts('node-0'), '')
  check('delete', (await akeneo.get(`${akeneo.apiUrlProducts()}?page=1`)).length === 240 + 249)

  writeFileSync('pixel.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  const place = { identifier: 'NL-DL7-B', attribute: 'image', scope: null, locale: null }
  const uploaded = await akeneo.postMultipartFormData(
    akeneo.apiUrlProductMediaFiles(),
    createReadStream('pixel.png'),
    place,
  )
  check('upload', /\/media-files\/.+_pixel.png$/.test(String(uploaded)))

  for (const [name, passed] of checks) console.log(`${passed ? 'ok   ' : 'FAIL '}node-akeneo-api: ${name}`)
  process.exit(checks.every(([, passed]) => passed) ? 0 : 1)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
