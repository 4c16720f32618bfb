import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { type Browser, chromium } from 'playwright-core'

const programs = ['chromium', 'chromium-browser', 'google-chrome']

/** The browser that CHROMIUM names, else one on PATH; null: tests that need it are skipped. One that is named must be there. */
export function browserProgram(): string | null {
  if (env['CHROMIUM']) return env['CHROMIUM']
  const folders = (env['PATH'] ?? '').split(delimiter)
  const found = programs.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  return found ?? null
}

/** Headless; in a container there is no sandbox for it to make. */
export const openBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
