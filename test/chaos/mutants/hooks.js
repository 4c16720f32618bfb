let replaced = { of: '', by: '' }

export function initialize(data) {
  replaced = data
}

const fileOf = (url) => url?.split('?')[0]

/** Everybody gets the mutant, save the mutant itself, which is made of the real module. */
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  const isReplaced = fileOf(found.url) === replaced.of && fileOf(context.parentURL) !== replaced.by
  return isReplaced ? { ...found, url: replaced.by } : found
}
