import type { Command, Option } from 'commander'

/** Shells that a script can be made for. */
export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

interface Word {
  word: string
  text: string
}

/** What may follow after these verbs. */
interface Place {
  /** Empty, `sync`, `rejections retry` … */
  path: string
  verbs: Word[]
  options: Word[]
}

/** A script of a shell that completes verbs and options, made from the program itself: it starts nothing when Tab is pressed. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, [])
  return { bash, zsh, fish }[shell](places)
}

function placesOf(command: Command, path: string[]): Place[] {
  const below = command.commands.filter((one) => one.name() !== 'help')
  const usual = below.find((one) => one.name() === 'list')
  return [
    {
      path: path.join(' '),
      verbs: below.map((one) => ({ word: one.name(), text: one.description() })),
      // What is meant without a verb takes its options there, too.
      options: [...command.options, ...(path.length > 0 && usual ? usual.options : [])].flatMap(wordOf),
    },
    ...below.flatMap((one) => placesOf(one, [...path, one.name()])),
  ]
}

const wordOf = ({ long, description }: Option): Word[] =>
  long == null ? [] : [{ word: long, text: description }]

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
const wordsOf = ({ verbs, options }: Place) =>
  [...verbs, ...options, { word: '--help', text: 'say more' }].filter(
    ({ word }, index, all) => all.findIndex((one) => one.word === word) === index,
  )

/** Steps through the words before the cursor: `where` is the longest chain of verbs among them. */
const walk = (places: Place[], words: string, indent: string): string =>
  [
    `local where='' word`,
    `for word in ${words}; do`,
    `  case "$where $word" in`,
    ...places
      .filter(({ path }) => path !== '')
      .map(({ path }) => {
        const before = path.split(' ').slice(0, -1).join(' ')
        return `    ${quoted(`${before} ${path.split(' ').at(-1) ?? ''}`)}) where=${quoted(path)} ;;`
      }),
    '  esac',
    'done',
  ]
    .map((line) => `${indent}${line}`)
    .join('\n')

const bash = (places: Place[]): string => `# pimflow completion bash > /etc/bash_completion.d/pimflow
_pimflow() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
${walk(places, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"', '  ')}
  case "$where" in
${places
  .map(
    (place) =>
      `    ${quoted(place.path)}) COMPREPLY=($(compgen -W ${quoted(
        wordsOf(place)
          .map(({ word }) => word)
          .join(' '),
      )} -- "$current")) ;;`,
  )
  .join('\n')}
  esac
}
complete -o default -F _pimflow pimflow
`

const zsh = (places: Place[]): string => `#compdef pimflow
# pimflow completion zsh > "\${fpath[1]}/_pimflow"
_pimflow() {
  local -a found
${walk(places, '"${(@)words[2,CURRENT-1]}"', '  ')}
  case "$where" in
${places
  .map(
    (place) =>
      `    ${quoted(place.path)}) found=(${wordsOf(place)
        .map(({ word, text }) => quoted(`${word}:${text.replaceAll(':', String.raw`\:`)}`))
        .join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  _describe pimflow found || _files
}
compdef _pimflow pimflow
`

const fish = (places: Place[]): string =>
  [
    '# pimflow completion fish > ~/.config/fish/completions/pimflow.fish',
    ...places.flatMap((place) => {
      const steps = place.path.split(' ').filter((step) => step !== '')
      const seen = steps.map((step) => `__fish_seen_subcommand_from ${step}`)
      const before = place.verbs.map(({ word }) => word).join(' ')
      const none = place.verbs.length > 0 ? [`not __fish_seen_subcommand_from ${before}`] : []
      const verbs = place.verbs.map(
        ({ word, text }) =>
          `complete -c pimflow -f -n ${quoted([...seen, ...none].join('; and '))} -a ${word} -d ${quoted(text)}`,
      )
      const options = place.options.map(
        ({ word, text }) =>
          `complete -c pimflow ${seen.length > 0 ? `-n ${quoted(seen.join('; and '))} ` : ''}-l ${word.slice(2)} -d ${quoted(text)}`,
      )
      return [...verbs, ...options]
    }),
    '',
  ].join('\n')
