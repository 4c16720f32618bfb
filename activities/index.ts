import { createCategoryActivities } from './categories.ts'
import { createDeliveryActivities } from './deliver.ts'
import type { Dependencies } from './dependencies.ts'
import { createMappingActivities } from './mapping.ts'
import { createMediaActivities } from './media.ts'
import { createPollActivities } from './polls.ts'
import { createStructureActivities } from './read-structure.ts'
import { createReconcileActivities } from './reconcile.ts'
import { createRetireActivities } from './retire.ts'
import { createRunActivities } from './runs.ts'
import { createSyncActivities } from './sync.ts'
import { createTransferActivities } from './transfers.ts'

/** All activities, over what they work with. */
export const createActivities = (deps: Dependencies) => ({
  ...createRunActivities(deps),
  ...createStructureActivities(deps),
  ...createCategoryActivities(deps),
  ...createPollActivities(deps),
  ...createTransferActivities(deps),
  ...createSyncActivities(deps),
  ...createDeliveryActivities(deps),
  ...createMappingActivities(deps),
  ...createMediaActivities(deps),
  ...createReconcileActivities(deps),
  ...createRetireActivities(deps),
})

export type Activities = ReturnType<typeof createActivities>
