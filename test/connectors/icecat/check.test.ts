import { describe, expect, it } from 'vitest'
import { checkIcecat } from '../../../connectors/icecat/check.ts'
import type { IcecatClient } from '../../../connectors/icecat/client.ts'
import type { IcecatSettings } from '../../../connectors/icecat/settings.ts'
import { Secret } from '../../../domain/secret.ts'
import type { IcecatSimulator } from '../../../simulator/icecat/index.ts'
import { clientOf, icecat, openAccount, settingsOf } from './helpers.ts'

async function check(
  simulator: IcecatSimulator,
  changes: Partial<IcecatSettings> = {},
  languages = ['EN', 'DE'],
  answers: Partial<IcecatClient> = {},
) {
  const lines = await checkIcecat({
    connection: { name: 'acme', icecat: settingsOf(simulator, changes) },
    icecat: { ...clientOf(simulator, changes), ...answers },
    languages,
    now: simulator.clock.now(),
  })
  for (const { status, remedy } of lines) if (status !== 'ok') expect(remedy).toMatch(/\.$/)
  return Object.fromEntries(
    lines.map(({ name, status, text }) => [name.replace('icecat ', ''), `${status}: ${text}`]),
  )
}

describe('the check of an Icecat account', () => {
  it('is content with a Full account whose night was made', async () => {
    const lines = await check(await icecat())
    expect(lines).toMatchObject({
      languages: "ok: EN, DE are Icecat's",
      account: 'ok: full-shop is a Full Icecat account',
      'reference files': 'ok: Icecat gives its lists of brands and features',
      sheets: 'ok: Icecat answers questions for sheets',
    })
    expect(lines['index']).toMatch(/^ok: the daily index was made \d+ h ago$/)
  })

  it('finds a downgrade, a stale index, a language that is none', async () => {
    const simulator = await icecat()
    simulator.freezeIndex(true)
    simulator.clock.advance(4 * 86_400_000)
    expect((await check(simulator))['index']).toMatch(/^warning: the daily index was made \d+ h ago/)
    simulator.subscribe('full-shop', 'open')
    expect(await check(simulator, {}, ['EN', 'SV'])).toMatchObject({
      languages: 'failed: Icecat has no language SV',
      account: 'failed: Icecat says open, the configuration full',
    })
  })

  it('is content with an Open account, and warns where the contract gives more than is used', async () => {
    const simulator = await icecat()
    const isOpen = { subscription: () => Promise.resolve('open' as const) }
    expect(await check(simulator, openAccount, ['EN'], isOpen)).toMatchObject({
      account: 'ok: open-shop is an Open Icecat account',
    })
    expect(await check(simulator, { subscription: 'open' })).toMatchObject({
      account: 'warning: Icecat says full, the configuration open',
    })
  })

  it('finds an account without subscription, an index without date, a list without brands', async () => {
    async function* pieces() {
      yield await Promise.resolve(Buffer.from('<ICECAT-interface><files.index/></ICECAT-interface>'))
    }
    async function* nothing(): AsyncGenerator<never> {}
    const answers = {
      subscription: () => Promise.resolve('none' as const),
      openIndex: () => Promise.resolve(pieces()),
      references: nothing,
    }
    expect(await check(await icecat(), {}, ['EN'], answers)).toMatchObject({
      account: 'failed: full-shop has no subscription',
      // Icecat's own numbers are known without its list.
      languages: "ok: EN are Icecat's",
      index: 'warning: the daily index does not say when it was made',
      'reference files': 'failed: the list of brands is empty',
    })
  })

  it('says what is wrong with credentials, each where it shows', async () => {
    const simulator = await icecat()
    const wrong = { password: new Secret('wrong'), apiToken: null, appKey: new Secret('nobody’s') }
    expect(await check(simulator, wrong)).toMatchObject({
      account: expect.stringMatching(/^failed: .*401/) as string,
      index: expect.stringMatching(/^failed: .*401/) as string,
    })
    expect(await check(simulator, { password: null })).toMatchObject({
      account: expect.stringMatching(/^warning/) as string,
    })
    expect(await check(simulator, { appKey: new Secret('nobody’s') })).toMatchObject({
      sheets: expect.stringMatching(/^failed: .*status 10/) as string,
    })
  })
})
