/** Where a command reads from and writes to: the process, or a test. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>
  /** A person looks at it: a bar may redraw its line. */
  interactive: boolean
  colours: boolean
  /** Prints a line of the result. */
  out: (text: string) => void
  /** Prints a line beside the result: problems, and progress when the result is for a program. */
  err: (text: string) => void
  /** Runs something that Ctrl-C ends early. Outside of it Ctrl-C ends the command at once. */
  interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export function processTerminal(): Terminal {
  const interactive = process.stdout.isTTY && process.stderr.isTTY
  // Who reads only the beginning (`| head`) has what it wants.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  return {
    env: process.env,
    interactive,
    // https://no-color.org: any value that is not empty.
    colours: interactive && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
    out: (text) => void process.stdout.write(`${harmless(text)}\n`),
    err: (text) => void process.stderr.write(`${harmless(text)}\n`),
    async interruptible(run) {
      const controller = new AbortController()
      const interrupt = () => controller.abort()
      process.once('SIGINT', interrupt)
      try {
        return await run(controller.signal)
      } finally {
        process.off('SIGINT', interrupt)
      }
    },
  }
}

/**
 * Text that tells a terminal nothing but colours: a name in the catalogue could otherwise clear the screen, rename the window or fill the
 * clipboard of whoever looks at it.
 */
export const harmless = (text: string): string =>
  text.replace(controls, (control) => (colour.test(control) ? control : '\ufffd'))

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /\x1b\[[\d;]*m|[\0-\x08\x0b-\x1f\x7f-\x9f]/g
// eslint-disable-next-line no-control-regex -- as above
const colour = /^\x1b\[/
