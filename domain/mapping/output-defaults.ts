/** What the configuration says of an output that no mapping file makes. */
export interface OutputDefaults {
  channel: string
  /** With their fallbacks, in order; null: all of the channel, without fallbacks. */
  locales: Readonly<Record<string, readonly string[]>> | null
  /** Null: all of the channel. */
  currencies: readonly string[] | null
}

/** As they are stored. Of locales the order counts: the first one decides what has no locale. */
export const defaultsText = ({ channel, locales, currencies }: OutputDefaults): string =>
  JSON.stringify({ channel, locales, currencies })

export const sameDefaults = (a: OutputDefaults | null, b: OutputDefaults | null): boolean =>
  (a && defaultsText(a)) === (b && defaultsText(b))
