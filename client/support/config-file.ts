import type { NewConnection } from './new-connection.ts'

/** Where the secrets of a connection that `init` makes are looked for; the file names them and nothing more. */
export const secretNames = {
  clientId: 'AKENEO_CLIENT_ID',
  clientSecret: 'AKENEO_CLIENT_SECRET',
  username: 'AKENEO_USERNAME',
  password: 'AKENEO_PASSWORD',
} as const
export const tokenKeyName = 'PIMFLOW_TOKEN_KEY'

/** The configuration of one connection, with an output where a mapping was proposed: references only. Its name and address have passed the configuration's own rules. */
export const configText = (
  { name, url }: Pick<NewConnection, 'name' | 'url'>,
  output: { name: string; mapping: string } | null,
): string => `\
# What pimflow works with. To see what is wrong with it: pimflow check
# Secrets stand in the environment, in .env, or in files, never here: \${NAME} or \${file:PATH}. This file needs:
${[...Object.values(secretNames), tokenKeyName].map((variable) => `#   ${variable}=`).join('\n')}
#   DATABASE_URL=            not needed on a machine where \`pimflow up\` runs
version: 1

database:
  url: \${DATABASE_URL}

# Locks the access tokens in the database: 32 bytes in base64, \`openssl rand -base64 32\`.
tokenKeys:
  - \${${tokenKeyName}}

connections:
  - name: ${name}
    akeneo:
      url: ${JSON.stringify(url)}
${Object.entries(secretNames)
  .map(([setting, variable]) => `      ${setting}: \${${variable}}`)
  .join('\n')}
    # media: { folder: media } # downloads the files of products; see docs/media.md
    schedules:
      poll: 5m # what changed
      nightly: 0 2 * * * # the category trees
      weekly: 0 4 * * 0 # everything again
      timeZone: UTC
${
  output === null
    ? ''
    : `    outputs:
      - name: ${JSON.stringify(output.name)}
        mapping: ${output.mapping} # yours from now on; pimflow mapping shows what it does
`
}`

/** A `.env` file's text with these variables set: lines of others stay as they are. */
export function withVariables(text: string, variables: Record<string, string>): string {
  const names = Object.keys(variables)
  const kept = text
    .split('\n')
    .filter((line) => !names.some((name) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line)))
  while (kept.at(-1) === '') kept.pop()
  const set = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`)
  return `${[...kept, ...set].join('\n')}\n`
}

/** As Node's reader of such files takes it back: quotes keep blanks and `#`. */
function quoted(value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark))
  return quote === undefined ? value : `${quote}${value}${quote}`
}
