// One answer, again and again, so that what a client needs for it is all that differs: as it is or packed, on one connection or on a new one each time.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import process, { stdout } from 'node:process'
import { URL } from 'node:url'
import { gzipSync } from 'node:zlib'

const [file = ''] = process.argv.slice(2)
const page = readFileSync(file)
const packed = gzipSync(page, { level: 6 })

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost')
  const gzip = searchParams.has('gzip')
  response.writeHead(200, {
    'content-type': 'application/json',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    ...(searchParams.has('close') ? { connection: 'close' } : {}),
  })
  response.end(gzip ? packed : page)
})
server.listen(0, '127.0.0.1', () => {
  stdout.write(
    `page on http://127.0.0.1:${server.address().port} of ${page.length} bytes, packed ${packed.length}\n`,
  )
})
process.once('SIGTERM', () => process.exit(0))
