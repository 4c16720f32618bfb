import type { Connection } from '@temporalio/client'

export type SearchAttributeType = 'Keyword' | 'Int'

// temporal.api.enums.v1.IndexedValueType; the package that holds the enum is not one of our dependencies.
const indexedValueTypes: Record<SearchAttributeType, number> = { Keyword: 2, Int: 3 }

/** Those of the wanted ones that the namespace lacks. */
export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: Record<string, SearchAttributeType>,
): Promise<Record<string, SearchAttributeType>> {
  if (Object.keys(wanted).length === 0) return {}
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in customAttributes)))
}

/** Needs the operator's right on the server. */
export async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  missing: Record<string, SearchAttributeType>,
): Promise<void> {
  if (Object.keys(missing).length === 0) return
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(
      Object.entries(missing).map(([name, type]) => [name, indexedValueTypes[type]]),
    ),
  })
}

/** Registers what the namespace lacks; what is there already stays as it is. */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: Record<string, SearchAttributeType>,
): Promise<void> {
  await addSearchAttributes(
    connection,
    namespace,
    await missingSearchAttributes(connection, namespace, wanted),
  )
}
