import { randomBytes, randomUUID } from 'node:crypto'

/** Words that stand nowhere but in configuration and in calls: whatever else holds one has leaked it. */
export interface Canaries {
  clientId: string
  clientSecret: string
  username: string
  password: string
  delivery: string
  tokenKey: string
  icecatPassword: string
  icecatToken: string
  icecatAppKey: string
}

export function makeCanaries(): Canaries {
  const word = (name: string) => `canary-${name}-${randomBytes(9).toString('hex')}`
  return {
    clientId: word('client'),
    clientSecret: word('secret'),
    username: word('user'),
    password: word('password'),
    delivery: word('delivery-of-32-characters'),
    tokenKey: randomBytes(32).toString('base64'),
    icecatPassword: word('icecat-password'),
    // Icecat's are such, and others are refused.
    icecatToken: randomUUID(),
    icecatAppKey: word('icecat-app-key'),
  }
}

/** For a worker: what the configuration refers to. */
export const environmentOf = (words: Canaries): Record<string, string> => ({
  PIMFLOW_TOKEN_KEY: words.tokenKey,
  AKENEO_CLIENT_ID: words.clientId,
  AKENEO_CLIENT_SECRET: words.clientSecret,
  AKENEO_USERNAME: words.username,
  AKENEO_PASSWORD: words.password,
  DELIVERY_SECRET: words.delivery,
  ICECAT_PASSWORD: words.icecatPassword,
  ICECAT_API_TOKEN: words.icecatToken,
  ICECAT_APP_KEY: words.icecatAppKey,
})
