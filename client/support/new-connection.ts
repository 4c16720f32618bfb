import { connectionConfig, ConnectionConfig } from '../../config.ts'
import { soloAkeneo } from '../../connectors/akeneo/solo.ts'
import { RefusedError } from '../../connectors/errors.ts'
import { firstLine, UsageError } from './errors.ts'
import type { Questions } from './questions.ts'

/** The six answers. */
export interface NewConnection {
  name: string
  url: string
  clientId: string
  clientSecret: string
  username: string
  password: string
}

type Field = keyof NewConnection
const fields: Field[] = ['name', 'url', 'clientId', 'clientSecret', 'username', 'password']

const questions: Record<Field, string> = {
  name: 'What shall this Akeneo be called here? (lower-case letters, digits, hyphens)',
  url: 'At which address is it? (as in the browser, up to the first single slash)',
  clientId: 'Client ID (in Akeneo: Connect, Connection settings)',
  clientSecret: 'Its secret',
  username: 'Username of the connection',
  password: 'Its password',
}
const secrets = new Set<Field>(['clientSecret', 'password'])

/** What has to be asked again, by what Akeneo refused. */
const refused: Record<string, Field[]> = {
  'not-akeneo': ['url'],
  'client-refused': ['clientId', 'clientSecret'],
  'user-refused': ['username', 'password'],
}

/** How often a person is asked the same again before the sentence is final. */
const patience = 5

/**
 * Takes what is given and asks for the rest, testing as it goes: form at once, the address when it is known, the credentials when
 * they are complete. `ask` is null where nobody can be asked: then what is missing or refused ends it.
 */
export async function collectConnection(
  given: Partial<NewConnection>,
  ask: Questions | null,
  signal: AbortSignal,
): Promise<NewConnection> {
  let answers = given
  for (let attempt = 1; ; attempt++) {
    try {
      answers = await complete(answers, ['name', 'url'], ask)
      await probe(answers, 'address', signal)
      answers = await complete(answers, fields, ask)
      await probe(answers, 'credentials', signal)
      return answers as NewConnection
    } catch (error) {
      if (ask === null || attempt === patience || error instanceof UsageError) throw error
      ask.say(firstLine(error instanceof Error ? error.message : String(error)))
      const again = error instanceof RefusedError ? (refused[error.code] ?? fields) : (['url'] as const)
      const left = Object.entries(answers).filter(([field]) => !again.some((name) => name === field))
      answers = Object.fromEntries(left)
    }
  }
}

async function complete(
  answers: Partial<NewConnection>,
  wanted: Field[],
  ask: Questions | null,
): Promise<Partial<NewConnection>> {
  const all = { ...answers }
  const missing = wanted.filter((field) => (all[field] ?? '') === '')
  if (ask === null && missing.length > 0) {
    throw new UsageError(`Nobody can be asked here, so give ${missing.map(flagOf).join(', ')} too`)
  }
  for (const field of missing) {
    if (ask === null) break
    all[field] = secrets.has(field)
      ? await ask.secret(questions[field])
      : await ask.text(questions[field], {
          problemOf: (answer) => problemOf(field, answer),
          ...(field === 'name' ? { initial: 'akeneo' } : {}),
        })
  }
  for (const field of wanted) {
    const problem = problemOf(field, all[field] ?? '')
    if (problem) throw new UsageError(`${flagOf(field)} ${problem}`)
  }
  return all
}

export const flagOf = (field: Field): string =>
  field === 'name' ? '--connection' : `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The configuration's own rules, so that what is written will be read. */
function problemOf(field: Field, answer: string): string | undefined {
  const { name, akeneo } = ConnectionConfig.shape
  const rule = field === 'name' ? name : field === 'url' ? akeneo.shape.url : null
  return rule?.safeParse(answer).error?.issues[0]?.message
}

async function probe(
  answers: Partial<NewConnection>,
  what: 'address' | 'credentials',
  signal: AbortSignal,
): Promise<void> {
  const { name = '', url = '', clientId = '', clientSecret = '', username = '', password = '' } = answers
  const connection = connectionConfig({ name, akeneo: { url, clientId, clientSecret, username, password } })
  await soloAkeneo(connection).inLane('live', signal, async (calls) => {
    if (what === 'address') await calls.root()
    else await calls.systemInformation()
  })
}
