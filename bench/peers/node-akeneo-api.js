/*
 * Reads the products with node-akeneo-api, as its documentation shows, into PostgreSQL. It follows one cursor and gathers all of
 * them before it hands them out. PEER_CALLS=4: four of its calls at once, each for families of its own, which is a help that its
 * documentation does not give.
 */
import akeneo from 'node-akeneo-api'
import console from 'node:console'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import postgres from 'postgres'

const calls = Number(process.env.PEER_CALLS ?? '1')
const families = Number(process.env.PEER_FAMILIES)
const sql = postgres(process.env.DATABASE_URL, { max: calls, onnotice: () => undefined })
await sql`create table peer_product (uuid uuid primary key, source jsonb not null)`

const shares = Array.from({ length: calls }, (_, share) =>
  Array.from({ length: families }, (_, family) => family)
    .filter((family) => family % calls === share)
    .map((family) => `family_${String(family).padStart(3, '0')}`),
)

async function read(share) {
  const search = encodeURIComponent(JSON.stringify({ family: [{ operator: 'IN', value: share }] }))
  const filter = calls === 1 ? '' : `&search=${search}`
  const products = await akeneo.get(`/api/rest/v1/products-uuid?pagination_type=search_after${filter}`)
  for (let from = 0; from < products.length; from += 1000) {
    const rows = products
      .slice(from, from + 1000)
      .map((source) => ({ uuid: source.uuid, source: sql.json(source) }))
    await sql`insert into peer_product ${sql(rows, 'uuid', 'source')}`
  }
  return products.length
}

const began = performance.now()
const cpu = process.cpuUsage()
const counts = await Promise.all(shares.map(read))
const { user, system } = process.cpuUsage(cpu)
console.log(
  JSON.stringify({
    products: counts.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
  }),
)
await sql.end()
