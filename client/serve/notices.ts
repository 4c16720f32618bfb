import { randomBytes } from 'node:crypto'

/** What an action brought, for the page that follows it. */
export interface Notice {
  text: string
  url: string | null
}

export interface Notices {
  /** Under an id that the next page's address carries: loading it again must not act again. */
  keep(notice: Notice): string
  of(id: string | undefined): Notice | null
}

/** The last few are enough. */
const most = 50

export function keptNotices(): Notices {
  const notices = new Map<string, Notice>()
  return {
    keep(notice) {
      const id = randomBytes(6).toString('base64url')
      notices.set(id, notice)
      const [oldest = ''] = notices.keys()
      if (notices.size > most) notices.delete(oldest)
      return id
    },
    of: (id = '') => notices.get(id) ?? null,
  }
}
