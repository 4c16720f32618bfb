import { hostname, userInfo } from 'node:os'

/** Who starts work from here, as a memo of a run says it. */
export function who(): string {
  return `${userName()}@${hostname()}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // In a container the user may have a number only.
    return process.env['USER'] ?? 'unknown'
  }
}
