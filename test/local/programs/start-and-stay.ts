import { ensurePostgres } from '../../../local/postgres.ts'
import { ensureTemporal } from '../../../local/temporal.ts'

/**
 * Another process, for tests: starts a service, prints what it got as one line of JSON, and stays until it is killed or its
 * input closes. Arguments: service, options as JSON.
 */
const [service, options = '{}'] = process.argv.slice(2)
const wanted = JSON.parse(options) as { dataDir: string }
const got = service === 'temporal' ? await ensureTemporal(wanted) : await ensurePostgres(wanted)
process.stdout.write(JSON.stringify(got) + '\n')
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
