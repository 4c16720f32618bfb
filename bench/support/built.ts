/** A module of what was built, which is what is measured; `M` is the type of the source it was built from. */
export const built = async <M>(path: string): Promise<M> =>
  (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as M
