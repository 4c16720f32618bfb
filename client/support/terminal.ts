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
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
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
