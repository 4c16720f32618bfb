import { createCategoryActivities } from './categories.ts'
import { createDeliveryActivities } from './deliver.ts'
import type { Dependencies } from './dependencies.ts'
import { createChooseActivities } from './enrichment/choose.ts'
import { createOptionActivities } from './enrichment/create-options.ts'
import { createEnrichProductActivities } from './enrichment/enrich-product.ts'
import { createOpenEnrichmentActivities } from './enrichment/open-enrichment.ts'
import { createPrepareActivities } from './enrichment/prepare.ts'
import { createPushActivities } from './enrichment/push.ts'
import { createReadBackActivities } from './enrichment/read-back.ts'
import { createIndexActivities } from './enrichment/read-index.ts'
import { createRecheckActivities } from './enrichment/recheck.ts'
import { createTellActivities } from './enrichment/tell-requests.ts'
import { createUploadActivities } from './enrichment/upload-files.ts'
import { createMappingActivities } from './mapping.ts'
import { createMediaActivities } from './media.ts'
import { createNotifyActivities } from './notify.ts'
import { createPaceActivities } from './pace.ts'
import { createPollActivities } from './polls.ts'
import { createStructureActivities } from './read-structure.ts'
import { createReconcileActivities } from './reconcile.ts'
import { createRetireActivities } from './retire.ts'
import { createRunActivities } from './runs.ts'
import { createSyncActivities } from './sync.ts'
import { createTaxonomyActivities } from './taxonomy.ts'
import { createTransferActivities } from './transfers.ts'

/** All activities, over what they work with. */
export const createActivities = (deps: Dependencies) => ({
  ...createRunActivities(deps),
  ...createStructureActivities(deps),
  ...createCategoryActivities(deps),
  ...createPollActivities(deps),
  ...createPaceActivities(),
  ...createTransferActivities(deps),
  ...createSyncActivities(deps),
  ...createDeliveryActivities(deps),
  ...createMappingActivities(deps),
  ...createMediaActivities(deps),
  ...createOpenEnrichmentActivities(deps),
  ...createChooseActivities(deps),
  ...createIndexActivities(deps),
  ...createPrepareActivities(deps),
  ...createOptionActivities(deps),
  ...createPushActivities(deps),
  ...createReadBackActivities(deps),
  ...createUploadActivities(deps),
  ...createEnrichProductActivities(deps),
  ...createRecheckActivities(deps),
  ...createTellActivities(deps),
  ...createTaxonomyActivities(deps),
  ...createNotifyActivities(deps),
  ...createReconcileActivities(deps),
  ...createRetireActivities(deps),
})

export type Activities = ReturnType<typeof createActivities>
