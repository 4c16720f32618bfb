import { createHash } from 'node:crypto'

/** One thing that `check` looked at. */
export interface CheckLine {
  /** Such as `credentials`; the same in each report. */
  name: string
  status: 'ok' | 'warning' | 'failed'
  /** What was found, in a sentence. */
  text: string
  /** What a person can do about it; with everything that is not ok. */
  remedy?: string
}

/** What the connection's user may see. When it shrinks, missing records are not deleted records. */
export interface VisibleRights {
  /** Resources that answered, by name; those that answered 403 are absent. */
  resources: string[]
  locales: string[]
  attributeGroups: string[]
  /** Codes of the roots. */
  categoryTrees: string[]
}

export interface CheckReport {
  connection: string
  lines: CheckLine[]
  /** Null when it did not get that far. */
  rights: VisibleRights | null
  /** Of the rights: kept, and compared before a reconcile. */
  fingerprint: string | null
  /** False: nothing may be read before what failed is put right, because edits would be lost. */
  mayPoll: boolean
}

export function checkReport(
  connection: string,
  lines: CheckLine[],
  rights: VisibleRights | null,
): CheckReport {
  return {
    connection,
    lines,
    rights,
    fingerprint: rights === null ? null : rightsFingerprint(rights),
    mayPoll: lines.every(({ status }) => status !== 'failed'),
  }
}

/** Where Akeneo did not answer with all of them: like no rights that are known, and never accepted. */
export const unknownRights = 'unknown'

/** The same for the same rights, in whatever order they were listed. */
export function rightsFingerprint(rights: VisibleRights): string {
  const { resources, locales, attributeGroups, categoryTrees } = rights
  const lists = [resources, locales, attributeGroups, categoryTrees].map((list) => list.toSorted())
  return createHash('sha256').update(JSON.stringify(lists)).digest('hex').slice(0, 32)
}
