/** `pimflow/hub`: the hub's database, and the lanes and tokens in it that callers share. */
export { openDatabase, type Sql } from '../connectors/hub/database.ts'
export { createLanes, type Lane, type LaneKind, type LaneOwner, type Lanes } from '../connectors/hub/lanes.ts'
export { migrate } from '../connectors/hub/migrate.ts'
export {
  type AccessToken,
  createTokenStore,
  generateTokenKey,
  type Grant,
  type GrantedToken,
  type TokenStore,
} from '../connectors/hub/tokens.ts'
