import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDestinationClient } from '../../../connectors/delivery/client.ts'
import { createRecords } from '../../../connectors/delivery/conformance/records.ts'
import type { FeedEntry, HubRecord } from '../../../contracts/hub.ts'
import { Secret } from '../../../domain/secret.ts'
import { type Destination, TooBusy } from '../../../examples/adapter/destination.ts'
import { createAdapter } from '../../../examples/adapter/main.ts'
import { openMemory } from '../../../examples/adapter/memory.ts'
import { gate } from '../../client/stubs.ts'
import { projectRoot } from '../../packaging/files.ts'
import { deliverySecret } from '../../support/destination.ts'

const records = createRecords('adapter')
const cleanUps: (() => Promise<unknown>)[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-adapter-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
})
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const journal = () => join(folder, 'adapter.ndjson')

/** A destination that does what `upsert` says, and what was asked of it. */
function destinationOf(upsert: (id: string) => Promise<void> | void): {
  asked: string[]
  destination: Destination
} {
  const asked: string[] = []
  return {
    asked,
    destination: {
      async upsert({ id, version }) {
        await upsert(id)
        asked.push(`${id} ${version}`)
        return { externalId: `item-${id}` }
      },
      remove: () => Promise.resolve(undefined),
    },
  }
}

async function listening(destination: Destination): Promise<string> {
  const memory = await openMemory(journal())
  const server = createAdapter({ secret: deliverySecret, destination, memory, inspect: false })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    await memory.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const entriesOf = (...all: HubRecord[]): FeedEntry[] =>
  all.map((record, at) => ({
    seq: at + 1,
    at: '2026-11-20T08:15:30.000Z',
    kind: record.kind,
    id: record.id,
    version: record.version,
    change: 'created',
    fields: [],
    record,
  }))

const deliver = async (url: string, entries: FeedEntry[]) => {
  const settings = {
    name: 'shop',
    url,
    secret: new Secret(deliverySecret),
    batchSize: 100,
    timeoutMs: 10_000,
  }
  const signal = AbortSignal.timeout(20_000)
  const request = { output: 'ecommerce', generation: 0, entries, signal }
  const { outcomes } = await createDestinationClient('acme', settings).deliver(request)
  return outcomes.map(({ status, externalId }) => `${status ?? 'unknown'} ${externalId ?? ''}`)
}

describe('the example of an adapter', () => {
  it('asks pimflow to come later when its destination is busy, and then does nothing twice', async () => {
    const [first, second] = [records.category(), records.category()]
    let isBusy = true
    const { asked, destination } = destinationOf((id) => {
      if (isBusy && id === second.id) throw new TooBusy(7)
    })
    const url = await listening(destination)
    const entries = entriesOf(first, second)
    await expect(deliver(url, entries)).rejects.toMatchObject({
      code: 'too-many-requests',
      retryAfterMs: 7000,
    })
    isBusy = false
    expect(await deliver(url, entries)).toEqual([`accepted item-${first.id}`, `accepted item-${second.id}`])
    expect(asked).toEqual([`${first.id} 1`, `${second.id} 1`])
  })

  it('knows after a restart what it accepted, also when its last line was cut', async () => {
    const product = records.product()
    const { asked, destination } = destinationOf(() => undefined)
    const [accepted] = await deliver(await listening(destination), entriesOf(product))
    await appendFile(journal(), '{"at":"2026-')
    expect(await deliver(await listening(destination), entriesOf(product))).toEqual([accepted])
    expect(asked).toEqual([`${product.id} 1`])
  })

  it('writes products beside each other, and those of one record in order', async () => {
    const [slow, fast] = [records.product(), records.product()]
    const second = gate()
    const { asked, destination } = destinationOf(async (id) => {
      // Ends only because the other product does not wait for it.
      if (id === slow.id) await second.opened
      else second.open()
    })
    const entries = entriesOf(slow, { ...slow, version: 2 }, fast)
    await deliver(await listening(destination), entries)
    expect(asked).toEqual([`${fast.id} 1`, `${slow.id} 1`, `${slow.id} 2`])
  })

  it('is tried again when its destination fails', async () => {
    let isBroken = true
    const { destination } = destinationOf(() => {
      if (isBroken) throw new Error('expected: the destination is down')
    })
    const url = await listening(destination)
    const entries = entriesOf(records.product())
    await expect(deliver(url, entries)).rejects.toMatchObject({ code: 'server-error' })
    isBroken = false
    expect(await deliver(url, entries)).toHaveLength(1)
  })

  it('starts as its page says, and writes a file for each record', async () => {
    const program = spawn(process.execPath, ['--import', 'tsx', 'examples/adapter/main.ts'], {
      cwd: projectRoot,
      env: {
        ...process.env,
        RECEIVER_SECRET: deliverySecret,
        PORT: '0',
        SHOP_FOLDER: join(folder, 'shop'),
        ADAPTER_JOURNAL: journal(),
      },
    })
    const ended = once(program, 'exit')
    cleanUps.push(() => {
      program.kill()
      return ended
    })
    const [printed] = (await once(program.stdout, 'data')) as [Buffer]
    const url = /http:\S+/.exec(printed.toString())?.[0] ?? ''
    expect(await deliver(url, entriesOf(records.product()))).toEqual([
      expect.stringMatching(/^accepted product-/),
    ])
    expect(await readdir(join(folder, 'shop'))).toHaveLength(1)
  })
})
