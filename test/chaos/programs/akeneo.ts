import {
  type AkeneoOptions,
  type FaultRule,
  type RequestRecord,
  startAkeneo,
} from '../../../simulator/akeneo/index.ts'
import type { Rights } from '../../../simulator/akeneo/options.ts'
import { oracleFromState } from '../../oracle/from-simulator.ts'
import type { OracleRecord } from '../../oracle/hub.ts'
import type { Edit } from '../../properties/actions.ts'
import { editorOf } from '../../properties/edits.ts'
import { answerParent } from '../rpc.ts'

/** Akeneo as a process: the simulator, edits as a person makes them, and what a plain reading says the hub should hold. */
const options = JSON.parse(process.argv[2] ?? '{}') as AkeneoOptions
const rights: Rights = { locales: {}, attributeGroups: {} }
const [own, ...others] = options.connections ?? []
const akeneo = await startAkeneo({
  ...options,
  connections: own === undefined ? [] : [{ ...own, rights }, ...others],
})
const editor = editorOf(akeneo, rights)

const handlers = {
  url: (_: null): string => akeneo.url,
  /** `at`: dated as if it had been then. */
  edit: ({ edits, at }: { edits: Edit[]; at?: Date | undefined }): void =>
    akeneo.pim.writingAt(at, () => edits.forEach((edit) => void editor.edit(edit))),
  /** Products that were made here leave, as many as wanted. */
  deleteMade: (count: number): void => {
    const made = [...akeneo.pim.catalog.products.afterIdentifier(undefined)].filter(
      ({ identifier }) => identifier?.startsWith('made-') === true,
    )
    for (const product of made.slice(0, count)) akeneo.pim.deleteProduct(product)
  },
  fault: (rule: FaultRule): void => akeneo.fault(rule),
  clearFaults: (_: null): void => akeneo.clearFaults(),
  revokeTokens: (_: null): void => akeneo.revokeTokens(),
  advance: (ms: number): void => akeneo.clock.advance(ms),
  requests: (_: null): RequestRecord[] => akeneo.requests(),
  peaks: (_: null): Record<string, number> => akeneo.counters().peakConcurrentByConnection,
  /** Whether the search does not show all edits yet: of products and models, or of models alone. */
  searchTrails: (of: 'all' | 'models'): boolean =>
    akeneo.pim.index.trailing().some((key) => of === 'all' || key.startsWith('model/')),
  skus: (_: null): string[] =>
    [...akeneo.pim.catalog.products.afterIdentifier(undefined)].flatMap(({ identifier }) => identifier ?? []),
  expected: (_: null): OracleRecord[] => oracleFromState(akeneo.pim.catalog),
}
export type AkeneoHandlers = typeof handlers

answerParent(handlers)
