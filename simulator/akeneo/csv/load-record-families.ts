import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newRecordFamily } from '../catalog/record-family.ts'
import { ApiError } from '../errors.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { ASSET_FAMILIES, type Flavour, REFERENCE_ENTITIES } from '../resources/record-families/flavours.ts'
import { writeRecord } from '../resources/record-families/write-record.ts'
import { readFile } from './read-file.ts'
import { CatalogFileError } from './table.ts'

/** Akeneo has no import files for these; ours are what its API takes, with the records inside and files by their path. */
export function loadRecordFamilies(pim: Pim, folder: string): void {
  load(pim, folder, 'reference_entities.json', REFERENCE_ENTITIES)
  load(pim, folder, 'asset_families.json', ASSET_FAMILIES)
}

function load(pim: Pim, folder: string, name: string, flavour: Flavour): void {
  const file = join(folder, name)
  if (!existsSync(file)) return
  for (const { code, records = [], ...fields } of read(file)) {
    if (typeof code !== 'string' || !Array.isArray(records))
      throw new CatalogFileError(file, 'a list of {code, labels, records} is expected')
    const family = newRecordFamily(code, { ...flavour.fields, ...fields })
    for (const standard of flavour.attributes) family.attributes.set(standard.code, { ...standard })
    flavour.families(pim).set(code, family)
    for (const record of records.filter(isObject)) {
      const { code: given = null } = record
      const recordCode = phpString(given)
      try {
        writeRecord(pim, family, recordCode, withFiles(pim, folder, record))
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        throw new CatalogFileError(file, `${code}/${recordCode}: ${JSON.stringify(error.body())}`)
      }
    }
  }

  /** Paths become codes of files. */
  function withFiles({ catalog }: Pim, root: string, record: JsonObject): JsonObject {
    const { values = {} } = record
    if (!isObject(values)) return record
    const isFile = (attribute: string) =>
      flavour.attributes.some(
        ({ code, type }) => code === attribute && (type === 'image' || type === 'media_file'),
      )
    const stored = (path: Json): Json =>
      typeof path === 'string'
        ? readFile({ catalog: { mediaFiles: catalog.recordMediaFiles } }, root, path)
        : path
    const entries = Object.entries(values).map(([attribute, list]): [string, Json] => [
      attribute,
      isFile(attribute) && Array.isArray(list)
        ? list.map((entry) => (isObject(entry) ? { ...entry, data: stored(entry['data'] ?? null) } : entry))
        : list,
    ])
    return { ...record, values: Object.fromEntries(entries) }
  }
}

function read(file: string): JsonObject[] {
  let parsed: Json
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8')) as Json
  } catch (error) {
    throw new CatalogFileError(file, (error as Error).message)
  }
  if (!Array.isArray(parsed)) throw new CatalogFileError(file, 'a list is expected')
  return parsed.filter(isObject)
}
