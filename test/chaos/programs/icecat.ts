import { setTimeout as delay } from 'node:timers/promises'
import { type IcecatOptions, startIcecat } from '../../../simulator/icecat/index.ts'
import type { IcecatFault } from '../../../simulator/icecat/faults.ts'
import { contentOf, sheets } from '../icecat-content.ts'
import { answerParent } from '../rpc.ts'

/** Icecat as a process: the simulator, and sheets that get another content. `icecat <options>`. */
const icecat = await startIcecat(JSON.parse(process.argv[2] ?? '{}') as IcecatOptions)
const versions = new Map<string, number>()
for (const id of sheets) icecat.edit({ id, pictures: contentOf(id, 0).pictures })
icecat.generateIndex()
/** When content or index changed last; Icecat's dates have no fractions of a second, so two changes in one would look like one. */
let lastSecond = second()

function second(): number {
  return Math.floor(icecat.clock.now().getTime() / 1000)
}

async function nextSecond(): Promise<void> {
  while (second() === lastSecond) await delay(20)
  lastSecond = second()
}

const handlers = {
  url: (_: null): string => icecat.url,
  /** Their next content, and the index that tells of it. */
  change: async (changed: string[]): Promise<void> => {
    await nextSecond()
    for (const id of changed) {
      const version = (versions.get(id) ?? 0) + 1
      icecat.edit({ id, ...contentOf(id, version) })
      versions.set(id, version)
    }
    await nextSecond()
    icecat.generateIndex()
  },
  /** Of sheets that were changed; the others' is 0. */
  versions: (_: null): Map<string, number> => versions,
  fault: (rule: IcecatFault): void => icecat.fault(rule),
  clearFaults: (_: null): void => icecat.clearFaults(),
}
export type IcecatHandlers = typeof handlers

answerParent(handlers)
