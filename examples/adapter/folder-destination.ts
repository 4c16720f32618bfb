import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Destination, HubRecord } from './destination.ts'

/** Stands for your system: a folder with a file for each record that is sold. */
export async function openFolder(folder: string): Promise<Destination> {
  await mkdir(folder, { recursive: true })
  // Of the id alone, which is a UUID: codes and SKUs may hold anything, slashes too.
  const pathOf = (id: string) => join(folder, `${encodeURIComponent(id)}.json`)

  return {
    async upsert(record, externalId) {
      const refused = problemOf(record)
      if (refused !== undefined) return { refused }
      const path = pathOf(record.id)
      // All or nothing, also when the power fails.
      await writeFile(`${path}.new`, JSON.stringify(record, null, 2))
      await rename(`${path}.new`, path)
      return { externalId: externalId ?? `${record.kind}-${record.id.slice(0, 8)}` }
    },
    async remove(record) {
      await rm(pathOf(record.id), { force: true })
      return undefined
    },
  }

  /** Your reasons to refuse. */
  function problemOf({ kind, sku, groupId }: HubRecord): string | undefined {
    if (kind !== 'product') return undefined
    if (typeof sku !== 'string' || sku === '') return 'A product without SKU cannot be sold'
    if (typeof groupId === 'string' && !existsSync(pathOf(groupId))) return `Its group ${groupId} is not here`
    return undefined
  }
}
