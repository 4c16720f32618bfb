import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A file or folder that ships with pimflow, wherever a command is run: two folders up from the sources, three from what is built of them. */
export function shipped(path: string): string {
  const places = ['../../', '../../../'].map((up) => fileURLToPath(new URL(up + path, import.meta.url)))
  const found = places.find((place) => existsSync(place))
  if (found === undefined)
    throw new Error(`${path} is missing from this installation of pimflow: install it anew`)
  return found
}
