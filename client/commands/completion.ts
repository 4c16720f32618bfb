import { Argument, type Command } from 'commander'
import { completionScript, type Shell, shells } from '../support/completion.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerCompletion(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'completion',
    summary: 'print a script that lets your shell complete verbs and options',
    examples: [
      'pimflow completion bash > ~/.local/share/bash-completion/completions/pimflow',
      'pimflow completion zsh > "${fpath[1]}/_pimflow"',
      'pimflow completion fish > ~/.config/fish/completions/pimflow.fish',
    ],
    connection: false,
    configuration: false,
  })
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action(
      answering(session, ({ args: [shell = ''] }) => {
        const script = completionScript(program, shell as Shell)
        return Promise.resolve({ value: { script }, text: script })
      }),
    )
}
