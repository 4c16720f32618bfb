/** What each authorization scope lets an app do, by API permission; to write implies to read, to delete both. */
const READS: Readonly<Record<string, readonly string[]>> = {
  products: ['pim_api_product_list'],
  catalog_structure: [
    'pim_api_attribute_list',
    'pim_api_attribute_group_list',
    'pim_api_family_list',
    'pim_api_family_variant_list',
  ],
  attribute_options: ['pim_api_attribute_option_list'],
  categories: ['pim_api_category_list'],
  channel_localization: ['pim_api_locale_list', 'pim_api_currency_list'],
  channel_settings: ['pim_api_channel_list'],
  association_types: ['pim_api_association_type_list'],
  asset_families: ['pim_api_asset_family_list'],
  assets: ['pim_api_asset_list'],
  reference_entities: ['pim_api_reference_entity_list'],
  reference_entity_records: ['pim_api_record_list'],
  workflows: [],
}

const READ_ONLY = ['channel_localization', 'workflows']
const DELETABLE = ['products', 'assets']

export function isScope(scope: string): boolean {
  const [, verb = '', noun = ''] = /^(read|write|delete)_(\w+)$/.exec(scope) ?? []
  if (!Object.hasOwn(READS, noun)) return false
  return verb === 'read' || (verb === 'write' ? !READ_ONLY.includes(noun) : DELETABLE.includes(noun))
}

/** Scopes that others imply are not named beside them. */
export function withoutImplied(scopes: readonly string[]): string[] {
  const rank = (scope: string) => ['read', 'write', 'delete'].indexOf(scope.split('_')[0] ?? '')
  const noun = (scope: string) => scope.slice(scope.indexOf('_') + 1)
  return [...new Set(scopes)]
    .filter((scope) => !scopes.some((other) => noun(other) === noun(scope) && rank(other) > rank(scope)))
    .sort()
}

/** API permissions that scopes are about; what none of them names is open to every app. */
export const SCOPED_PERMISSIONS: ReadonlySet<string> = new Set(
  Object.values(READS).flatMap((reads) => [...reads, ...reads.map(edit), ...reads.map(remove)]),
)

export function permissionsOf(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(
    scopes.flatMap((scope) => {
      const [, verb = '', noun = ''] = /^(read|write|delete)_(\w+)$/.exec(scope) ?? []
      const reads = READS[noun] ?? []
      if (verb === 'read') return reads
      const writes = [...reads, ...reads.map(edit)]
      return verb === 'write' ? writes : [...writes, ...reads.map(remove)]
    }),
  )
}

function edit(read: string): string {
  return read.replace(/_list$/, '_edit')
}

function remove(read: string): string {
  return read.replace(/_list$/, '_remove')
}
