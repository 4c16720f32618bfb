export { generatedIndex, generatedRow, type GeneratedIndex, type GeneratedRow } from './index-generator.ts'
export type { IcecatFault } from './faults.ts'
export {
  FULL_API_TOKEN,
  FULL_CONTENT_TOKEN,
  OPEN_API_TOKEN,
  type Account,
  type IcecatOptions,
} from './options.ts'
export { startIcecat, type IcecatSimulator } from './simulator.ts'
export type { ProductEdit } from './world.ts'
