import {
  type CheckLine,
  type CheckReport,
  checkReport,
  type VisibleRights,
} from '../../domain/check-report.ts'
import { look } from '../look.ts'
import type { AkeneoCalls, AkeneoClient } from './client.ts'
import { checkRights } from './rights.ts'
import type { AkeneoSystemInformation } from './schema.ts'
import { checkSearchZone } from './search-zone.ts'
import type { AkeneoConnection, AkeneoSettings } from './settings.ts'
import { apiRoot } from './links.ts'

export interface CheckedConnection extends AkeneoConnection {
  /** The Akeneo that is expected. */
  version: string
}

export interface CheckDependencies {
  connection: CheckedConnection
  akeneo: AkeneoClient
  /** What was found of the database before (connectors/hub/check-database.ts): without it no lane, so no call. */
  database: CheckLine
  signal: AbortSignal
}

/**
 * Looks at everything that must hold before anything runs, and writes nothing. Each line that is not ok has its remedy; what
 * cannot be looked at because of one that failed is left out.
 */
export async function checkConnection(deps: CheckDependencies): Promise<CheckReport> {
  const { connection, akeneo, database, signal } = deps
  const lines = [database]
  let rights: VisibleRights | null = null
  if (database.status !== 'failed') {
    await akeneo.inLane('live', signal, async (calls) => {
      rights = await checkAkeneo(calls, connection, lines)
    })
  }
  return checkReport(connection.name, lines, rights)
}

async function checkAkeneo(
  calls: AkeneoCalls,
  { akeneo, version }: CheckedConnection,
  lines: CheckLine[],
): Promise<VisibleRights | null> {
  const began = Date.now()
  const root = await look('address', lines, () => calls.root())
  if (root === null) return null
  lines.push({ name: 'address', status: 'ok', text: `Akeneo answers at ${akeneo.url}` })
  lines.push(clockLine(root.date, new Date((began + Date.now()) / 2)))

  const answer = await look('credentials', lines, async () => ({ system: await calls.systemInformation() }))
  if (answer === null) return null
  lines.push({ name: 'credentials', status: 'ok', text: 'Akeneo takes the credentials' })
  lines.push(versionLine(answer.system, version))
  lines.push(productIdLine(root.routes, akeneo))

  const found = await look('rights', lines, () => checkRights(calls))
  if (found === null) return null
  lines.push(found.line)
  if (found.rights === null) return null

  const zone = await look('search time zone', lines, () => checkSearchZone(calls, akeneo.searchTimeZone))
  if (zone !== null) lines.push(zone)
  return found.rights
}

/** Half of what a watermark allows for; see domain/poll-window.ts. */
const longestSkewMs = 45_000

function clockLine(akeneoNow: Date | null, ourNow: Date): CheckLine {
  const name = 'clock'
  if (akeneoNow === null) {
    return {
      name,
      status: 'warning',
      text: "Akeneo's answers have no Date header",
      remedy: 'See that no proxy removes it: polls then go by the clock of the workers.',
    }
  }
  const skewMs = akeneoNow.getTime() - ourNow.getTime()
  // `Date` is cut to the second.
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  if (Math.abs(skewMs) <= longestSkewMs) {
    return {
      name,
      status: 'ok',
      text: `Akeneo's clock and this machine's are within ${Math.max(seconds, 1)} s`,
    }
  }
  return {
    name,
    status: 'warning',
    text: `Akeneo's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's`,
    remedy: 'Set both by a time server (NTP).',
  }
}

/** As the configuration names it: 7.0 of `7.0.45`; what is sold as a service has a date instead. */
function versionOf({ version, edition }: AkeneoSystemInformation): string {
  if (/^(GE|Serenity)/i.test(edition)) return 'saas'
  const [number] = /^\d{1,2}\.\d+/.exec(version) ?? []
  return number ?? 'saas'
}

function versionLine(system: AkeneoSystemInformation | null, expected: string): CheckLine {
  const name = 'version'
  const found = system === null ? '5.0' : versionOf(system)
  const text = system === null ? 'Akeneo 5.0 or older' : `Akeneo ${system.version}, edition ${system.edition}`
  if (expected === found || (expected === 'auto' && (found === 'saas' || Number(found) >= 7))) {
    return { name, status: 'ok', text }
  }
  if (expected === 'auto') {
    return {
      name,
      status: 'failed',
      text: `${text}: before 7.0, variants are asked for in another way`,
      remedy: `Set version: '${found}' in this connection.`,
    }
  }
  return {
    name,
    status: 'warning',
    text: `${text}, where ${expected} was expected`,
    remedy: `Check akeneo.url, or set version: '${found}' in this connection.`,
  }
}

function productIdLine(routes: string[], { productIdFormat }: AkeneoSettings): CheckLine {
  const name = 'product ids'
  const byUuid = routes.some((route) => route.replace(apiRoot, '') === '/products-uuid')
  if (productIdFormat === 'uuid' && !byUuid) {
    return {
      name,
      status: 'failed',
      text: 'This Akeneo does not know products by uuid',
      remedy: 'Set akeneo.productIdFormat: identifier, or auto.',
    }
  }
  if (productIdFormat === 'identifier' && byUuid) {
    return {
      name,
      status: 'warning',
      text: 'Products are asked for by identifier, so those without one are not seen',
      remedy: 'Set akeneo.productIdFormat: auto, unless all products have an identifier.',
    }
  }
  return { name, status: 'ok', text: `Products are asked for by ${byUuid ? 'uuid' : 'identifier'}` }
}
