import { readFileSync } from 'node:fs'
import { compareDump, type Dumped } from './compare.ts'
import type { Edit } from './edits.ts'
import { oracleFromCsv } from './hub.ts'

const usage = 'Usage: npx tsx test/oracle/compare-dump.ts <catalog dir> <dump.ndjson> [<edits.json>]'
const [catalog, dumpFile, editsFile] = process.argv.slice(2)
if (catalog === undefined || dumpFile === undefined) {
  console.error(usage)
  process.exit(2)
}

const edits = editsFile === undefined ? [] : (JSON.parse(readFileSync(editsFile, 'utf8')) as Edit[])
const dump = readFileSync(dumpFile, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Dumped)
const { differences, compared } = compareDump(oracleFromCsv(catalog, edits), dump)

for (const difference of differences.slice(0, 200)) console.log(difference)
if (differences.length > 200) console.log(`… and ${differences.length - 200} more`)
console.log(
  `${compared.attribute} attributes, ${compared.category} categories, ${compared.group} groups, ` +
    `${compared.product} products compared: ${differences.length} differences`,
)
process.exitCode = differences.length === 0 ? 0 : 1
