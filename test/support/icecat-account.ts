import { FULL_API_TOKEN, FULL_CONTENT_TOKEN } from '../../simulator/icecat/index.ts'

/** Secrets of a simulator's Full account, by the variables that `icecatSection` refers to. */
export const icecatSecrets = {
  ICECAT_PASSWORD: 'full-shop-password',
  ICECAT_API_TOKEN: FULL_API_TOKEN,
  ICECAT_APP_KEY: 'full-app-key',
  ICECAT_CONTENT_TOKEN: FULL_CONTENT_TOKEN,
}

/** Section `icecat` of a configuration file for that account; `mapping` is the path of its file. */
export const icecatSection = (settings: { url: string | undefined; mapping: string } & object) => ({
  username: 'full-shop',
  password: '${ICECAT_PASSWORD}',
  apiToken: '${ICECAT_API_TOKEN}',
  appKey: '${ICECAT_APP_KEY}',
  contentToken: '${ICECAT_CONTENT_TOKEN}',
  subscription: 'full',
  throttle: { concurrency: 2, perSecond: 1000 },
  ...settings,
})
