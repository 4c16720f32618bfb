/** Akeneo's media code is `4/1/a/b/<40 hex digits>_<file name>`. */
export function fileNameOf(code: string): string {
  const last = code.slice(code.lastIndexOf('/') + 1)
  return last.replace(/^[0-9a-f]+_(?=.)/, '')
}
