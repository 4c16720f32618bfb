import { Command } from 'commander'
import type { Session } from '../support/verb.ts'

/** The simulator's own command, mounted; it is loaded only when it is called, so that the product never needs it. */
export function registerSimulate(program: Command, { terminal }: Session): void {
  const simulate = program
    .command('simulate')
    .description('a stand-in for Akeneo or Icecat to rehearse on, on this machine only')
    .addHelpText('after', '\nExample:\n  pimflow simulate akeneo --catalog examples/catalog --port 8180')
  simulate
    .command('akeneo')
    .description('an Akeneo PIM; all its options: pimflow simulate akeneo --help')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(async (words: string[]) => {
      const { akeneoCommand } = await import('../../simulator/akeneo/cli.ts')
      const parent = new Command('pimflow simulate').exitOverride().configureOutput({
        writeOut: (text) => terminal.out(text.trimEnd()),
        outputError: () => undefined,
      })
      parent.addCommand(akeneoCommand().copyInheritedSettings(parent))
      await parent.parseAsync(['akeneo', ...words], { from: 'user' })
    })
  simulate
    .command('icecat')
    .description('an Icecat; all its options: pimflow simulate icecat --help')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(async (words: string[]) => {
      const { icecatCommand } = await import('../../simulator/icecat/cli.ts')
      const parent = new Command('pimflow simulate').exitOverride().configureOutput({
        writeOut: (text) => terminal.out(text.trimEnd()),
        outputError: () => undefined,
      })
      parent.addCommand(icecatCommand().copyInheritedSettings(parent))
      await parent.parseAsync(['icecat', ...words], { from: 'user' })
    })
}
