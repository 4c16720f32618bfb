const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text has the form of a uuid; a product's SKU may have it, too. */
export const isUuid = (text: string): boolean => pattern.test(text)
