import { UsageError } from './errors.ts'

/** How `init` asks: a person on a terminal, or nobody. */
export interface Questions {
  /** `problemOf` says what is wrong with an answer before it is taken. */
  text(question: string, options?: { initial?: string; problemOf?: ProblemOf }): Promise<string>
  secret(question: string): Promise<string>
  confirm(question: string): Promise<boolean>
  /** Says something between two questions. */
  say(text: string): void
}

export type ProblemOf = (answer: string) => string | undefined

/** A person who presses Ctrl-C or Escape at a question has not answered it. */
const cancelled = () => new UsageError('Nothing was written: the questions were not answered')

export async function askPerson(): Promise<Questions> {
  // Only this verb asks anything.
  const { confirm, isCancel, log, password, text } = await import('@clack/prompts')
  const answered = <T extends string | boolean>(answer: T | symbol): T => {
    if (isCancel(answer) || typeof answer === 'symbol') throw cancelled()
    return answer
  }
  const needed = (answer: string | undefined) => (answer ? undefined : 'An answer is needed')
  return {
    text: async (message, { initial, problemOf } = {}) =>
      answered<string>(
        await text({
          message,
          ...(initial === undefined ? {} : { initialValue: initial }),
          validate: (answer) => needed(answer) ?? problemOf?.(answer ?? ''),
        }),
      ),
    secret: async (message) => answered<string>(await password({ message, validate: needed })),
    confirm: async (message) => answered<boolean>(await confirm({ message })),
    say: (words) => log.message(words),
  }
}
