import { SingleBar } from 'cli-progress'
import { isWorthALine, type Printed, progressShare, progressText, type Sight } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface ProgressDisplay {
  show(sight: Sight): void
  stop(): void
}

/** A bar on a terminal, lines in a pipe; `silent` for a program that wants nothing but the result. */
export function progressDisplay(terminal: Terminal, { silent }: { silent: boolean }): ProgressDisplay {
  if (silent) return { show: () => undefined, stop: () => undefined }
  return terminal.interactive ? bar() : lines(terminal)
}

function lines({ out }: Terminal): ProgressDisplay {
  let last: Printed | null = null
  return {
    show(sight) {
      const atMs = performance.now()
      if (!isWorthALine(sight, last, atMs)) return
      out(progressText(sight))
      last = { sight, atMs }
    },
    stop: () => undefined,
  }
}

const width = 24

function bar(): ProgressDisplay {
  const single = new SingleBar({
    clearOnComplete: true,
    hideCursor: true,
    // Ctrl-C is ours: it ends the following only.
    gracefulExit: false,
    format: (_options, _params, { sight }: { sight: Sight }) => barText(sight),
  })
  let started = false
  return {
    show(sight) {
      const { value, total } = progressShare(sight) ?? { value: 0, total: 1 }
      if (started) {
        single.setTotal(total)
        single.update(value, { sight })
      } else single.start(total, value, { sight })
      started = true
    },
    stop() {
      if (started) single.stop()
    },
  }
}

/** The bar's line: how much of how much where that is known, else words alone. */
export function barText(sight: Sight): string {
  const share = progressShare(sight)
  if (share === null) return progressText(sight)
  const filled = Math.round((share.value / share.total) * width)
  const percent = Math.floor((share.value / share.total) * 100)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent}%  ${progressText(sight)}`
}
