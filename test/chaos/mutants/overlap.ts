import * as real from '../../../domain/poll-window.ts'

export * from '../../../domain/poll-window.ts'

/** Polls do not look back. */
export const pollWindow: typeof real.pollWindow = (given) => {
  const window = real.pollWindow(given)
  return given.watermark ? { ...window, since: given.watermark.at } : window
}
