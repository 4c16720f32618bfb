/** What products show of a reference entity record or an asset: its labels and its files. Nothing else of it is kept. */
export interface StoredRecord {
  code: string
  labels: { locale: string | null; channel: string | null; text: string }[]
  /** Codes of its files, by attribute. */
  files: Record<string, { locale: string | null; channel: string | null; code: string }[]>
}

/** Akeneo's own code of the attribute that labels records and assets. */
const labelAttribute = 'label'

interface AnsweredRecord {
  code: string
  values: Record<
    string,
    {
      locale: string | null
      channel: string | null
      data: unknown
      _links?: { download?: unknown } | undefined
    }[]
  >
}

/** An edit of anything that no product shows makes no difference to this, and so publishes nothing. */
export function storedRecord({ code, values }: AnsweredRecord): StoredRecord {
  const files: StoredRecord['files'] = {}
  for (const [attribute, entries] of Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = entries.flatMap(({ locale, channel, data, _links }) =>
      // Only a file can be downloaded: a link to a film is text.
      _links?.download !== undefined && typeof data === 'string' && data !== ''
        ? [{ locale, channel, code: data }]
        : [],
    )
    if (found.length > 0) files[attribute] = found
  }
  const labels = (values[labelAttribute] ?? []).flatMap(({ locale, channel, data }) =>
    typeof data === 'string' && data !== '' ? [{ locale, channel, text: data }] : [],
  )
  return { code, labels, files }
}

/** The first of `entries` for a channel, along a chain of locales; one without locale or channel is for all. */
export function entryFor<E extends { locale: string | null; channel: string | null }>(
  entries: readonly E[],
  channel: string,
  chain: readonly string[],
): E | undefined {
  const here = entries.filter((entry) => entry.channel === null || entry.channel === channel)
  for (const wanted of [...chain, null]) {
    const found = here.find(({ locale }) => locale === wanted)
    if (found) return found
  }
  return undefined
}
