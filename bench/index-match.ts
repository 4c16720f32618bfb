import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { createWatchList } from '../connectors/icecat/index/watch-list.ts'
import { matchIndex } from '../connectors/icecat/index/match-index.ts'
import { generatedRow } from '../simulator/icecat/index.ts'

/** The part that is measured, in a process of its own: `index-match.ts FILE WATCHED STRIDE`. */
const [file = '', watchedText = '', strideText = ''] = process.argv.slice(2)
const [watched, stride] = [Number(watchedText), Number(strideText)]

/** Every `stride`th row of a whole index; by id, by GTIN, or by brand and code. */
const products = {
  *[Symbol.iterator]() {
    for (let place = 0; place < watched; place++) {
      const { id, gtins, brandId, code } = generatedRow(place * stride)
      const by = place % 3
      yield {
        icecatId: by === 0 || (by === 1 && gtins.length === 0) ? id : null,
        gtins: by === 1 ? gtins : [],
        brandId: by === 2 ? brandId : null,
        code: by === 2 ? code : null,
      }
    }
  },
}

const list = createWatchList(products)
const began = performance.now()
const cpuBegan = process.cpuUsage()
let rows = 0
let matches = 0
const pieces = createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(
  createGunzip({ chunkSize: 256 * 1024 }),
)
for await (const result of matchIndex(pieces, list, 'the benchmark')) {
  rows += result.rows
  for (const { watched: place, row } of result.matches) {
    if (row.icecatId === generatedRow(place * stride).id) matches++
  }
}
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage(cpuBegan)
process.stdout.write(
  JSON.stringify({
    rows,
    matches,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
)
