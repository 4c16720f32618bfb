let replaced = []

export function initialize(data) {
  replaced = data
}

const fileOf = (url) => url?.split('?')[0]

/** Everybody gets what replaces a module, save what replaces it, which is made of the real one. */
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  const by = replaced.find(({ of }) => fileOf(found.url) === of)?.by
  return by === undefined || fileOf(context.parentURL) === by ? found : { ...found, url: by }
}
