const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Why this is not an address of `what`; undefined when it is. */
export function serviceUrl(value: string, what: string): string | undefined {
  if (!URL.canParse(value)) return `must be ${what}`
  const url = new URL(value)
  if (url.username || url.password) return 'must not hold credentials; they have settings of their own'
  if (url.search || url.hash) return 'must end before any ? or #'
  if (url.pathname.includes('/api/rest')) return 'must end before /api/rest/v1, which is added to it'
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:' && loopback.test(url.hostname)) return undefined
  return 'must begin with https:// (http:// only for a simulator on this machine: localhost)'
}
