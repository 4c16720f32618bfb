/** Which of several a command is about; what is absent stays unsaid. */
export interface Addressee {
  connection?: string | undefined
  /** Only the verbs about outputs take it, and not with `--icecat`. */
  output?: string | undefined
}

/** Verbs of `pimflow` that work on one connection, each with those below it. */
export const connectionVerbs: Readonly<Record<string, readonly string[]>> = {
  adopt: [],
  approvals: ['list', 'show', 'approve', 'reject'],
  changes: [],
  check: [],
  deliver: [],
  doctor: [],
  enrich: [],
  explain: [],
  feed: [],
  mapping: ['suggest', 'preview', 'coverage', 'diff', 'apply'],
  reconcile: [],
  rejections: ['list', 'show', 'retry', 'forget'],
  release: [],
  report: [],
  requests: ['list', 'export', 'recheck'],
  resend: [],
  schedules: ['list', 'apply', 'pause', 'resume', 'trigger', 'delete'],
  serve: [],
  show: [],
  status: [],
  sync: [],
}

/** Those that ask which output is meant where a connection has several. */
const isAboutOutput = (verb: string): boolean => verb === 'mapping' || verb === 'changes'

/** A whole command that a person could type, with what it is about at its end. */
export const proposed = (command: string, addressee: Addressee): string =>
  [command, ...commandsIn(command).flatMap((one) => missingOptions(one, addressee))].join(' ')

/**
 * A text in which every command of `pimflow` says what it is about, right behind its verb: where a command ends among other words only
 * its reader knows. One that says so already stays as it is.
 */
export function addressed(text: string, addressee: Addressee): string {
  let done = 0
  const parts = commandsIn(text).flatMap((one) => {
    const before = text.slice(done, one.verbEnd)
    done = one.verbEnd
    return [before, ...missingOptions(one, addressee).map((option) => ` ${option}`)]
  })
  return [...parts, text.slice(done)].join('')
}

export interface ProposedCommand {
  verb: string
  /** Where its verbs end in the text. */
  verbEnd: number
  /** What follows its verbs, up to the next command or the end of the line. */
  rest: string
}

/** The commands of a text that take `--connection`. */
export function commandsIn(text: string): ProposedCommand[] {
  const found = [...text.matchAll(/(?<![\w/.-])pimflow ([a-z]+)(?: ([a-z]+)\b)?/g)]
  return found.flatMap(({ 1: verb = '', 2: below, index }, at): ProposedCommand[] => {
    const known = Object.hasOwn(connectionVerbs, verb) ? connectionVerbs[verb] : undefined
    if (known === undefined) return []
    const words = below !== undefined && known.includes(below) ? `${verb} ${below}` : verb
    const verbEnd = index + 'pimflow '.length + words.length
    const [rest = ''] = text.slice(verbEnd, found[at + 1]?.index).split('\n', 1)
    return [{ verb, verbEnd, rest }]
  })
}

function missingOptions({ verb, rest }: ProposedCommand, { connection, output }: Addressee): string[] {
  const says = (option: RegExp) => option.test(rest)
  const isOutputSaid = !isAboutOutput(verb) || says(/ --(output|icecat)\b/)
  const isConnectionSaid = says(/ (--connection|-c)\b/) || (verb === 'schedules' && says(/ --all\b/))
  return [
    ...(connection === undefined || isConnectionSaid ? [] : [`--connection ${connection}`]),
    ...(output === undefined || output === '' || isOutputSaid ? [] : [`--output ${output}`]),
  ]
}
