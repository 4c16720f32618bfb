import { lookup as lookUp, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where a name may lead: `public`: the internet alone; `any`: a network of one's own too, but never what no server has. */
export type Reach = 'public' | 'any'

/** Error code of a name that leads where it may not. */
export const forbiddenAddress = 'ERR_FORBIDDEN_ADDRESS'

/** Addresses of a link (a cloud's metadata among them), of nobody or of everybody: no server that is called is there. */
const neverServers = new Set(['linkLocal', 'unspecified', 'multicast', 'broadcast'])

/** Whether a server at this address may be called. */
export function isReachable(address: string, reach: Reach): boolean {
  const range = rangeOf(address)
  return reach === 'public' ? range === 'unicast' : !neverServers.has(range)
}

function rangeOf(address: string): string {
  // Of an IPv4 address inside an IPv6 one, the former counts.
  const parsed = ipaddr.process(address.replace(/%.*$/, ''))
  if (parsed.range() !== 'rfc6052') return parsed.range()
  return ipaddr.fromByteArray(parsed.toByteArray().slice(-4)).range()
}

/**
 * Looks names up for a socket, in the moment it connects: a name that was harmless when somebody looked is looked at again. `localhost` is
 * what it says.
 */
export function guardedLookup(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) {
        callback(error, '')
        return
      }
      const forbidden = hostname === 'localhost' ? undefined : found.find(isForbidden)
      const [first] = found
      if (forbidden) callback(leadsTo(forbidden.address), '')
      else if (options.all) callback(null, found)
      else callback(null, first?.address ?? '', first?.family)
    })
  }

  function isForbidden({ address }: LookupAddress): boolean {
    return !isReachable(address, reach)
  }
}

const leadsTo = (address: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`leads to ${address}`), { code: forbiddenAddress })
