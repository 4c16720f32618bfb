import { createProgram } from '../../client/program.ts'
import { exitCodes } from '../../client/support/exit-codes.ts'

/** The command line as a program, for its verbs and flags: what it prints goes nowhere. */
export const program = createProgram({
  exitCode: exitCodes.done,
  terminal: {
    env: {},
    interactive: false,
    colours: false,
    out: () => undefined,
    err: () => undefined,
    interruptible: (work) => work(new AbortController().signal),
  },
})
