import { addressed, proposed } from '../../domain/proposals.ts'
import type { ConnectionStatus } from './connection-status.ts'
import { counted, duration } from './format.ts'

/** What a person should do: why, and the commands that do it. */
export interface Advice {
  text: string
  commands: string[]
}

/** A poll that runs every few minutes and is this far behind has a problem that somebody should look at; unit ms. */
const tolerableBehindMs = 30 * 60_000

/** An entry that is this old and not sent yet: a delivery follows each run that published. Unit ms. */
const tolerableUnsentMs = 30 * 60_000

/** About one connection, most urgent first. */
export function adviceFor(status: ConnectionStatus, now: Date): Advice[] {
  return [
    ...aboutLogin(status, now),
    ...aboutPolls(status, now),
    ...aboutDecisions(status),
    ...aboutDeliveries(status, now),
  ]
}

export const adviceText = ({ text, commands }: Advice): string =>
  commands.length === 0 ? text : `${text}: ${commands.join(', then ')}`

/** The one line for all that fails meanwhile. */
function aboutLogin({ connection, login }: ConnectionStatus, now: Date): Advice[] {
  if (login === null) return []
  const { since, times, remedy, askAt } = login
  const again = askAt > now ? `, next in ${duration(askAt.getTime() - now.getTime())}` : ''
  return [
    {
      text:
        `Akeneo refuses to log in since ${duration(now.getTime() - since.getTime())} (asked ${counted(times, 'time')}${again}), ` +
        `so nothing is read or written. ${addressed(remedy, { connection })} Nothing is lost, and it goes on by itself; to try at once`,
      commands: [proposed('pimflow check', { connection })],
    },
  ]
}

function aboutPolls(status: ConnectionStatus, now: Date): Advice[] {
  const { connection, watermark, load, schedules } = status
  const poll = schedules?.find(({ name }) => name === 'poll')
  const advice: Advice[] = []
  if (watermark === null) {
    const commands = ['pimflow sync categories', 'pimflow schedules apply'].map((command) =>
      proposed(command, { connection }),
    )
    advice.push({ text: 'To begin (the first poll loads everything)', commands })
  } else if (poll?.state === 'not applied') {
    advice.push({ text: 'Nothing polls', commands: [proposed('pimflow schedules apply', { connection })] })
  }
  if (poll?.state === 'paused')
    advice.push({
      text: 'Polling is paused',
      commands: [proposed('pimflow schedules resume', { connection })],
    })
  if (isLate(status, now) && load === 'done' && poll?.state === 'on' && status.login === null) {
    const run = poll.running === null ? '' : ` (${poll.running})`
    advice.push({
      text: `Polls do not get through: look at the last run${run}, and whether a worker runs`,
      commands: [],
    })
  }
  return advice
}

/** Whether the hub is so far behind that somebody should look. */
export const isLate = ({ watermark }: Pick<ConnectionStatus, 'watermark'>, now: Date): boolean =>
  watermark !== null && now.getTime() - watermark.getTime() > tolerableBehindMs

function aboutDecisions({ connection, rejections, approvals }: ConnectionStatus): Advice[] {
  const advice: Advice[] = approvals.map(({ id, would }) => ({
    text: `${would}, which waits for your word`,
    commands: [proposed(`pimflow approvals show ${id}`, { connection })],
  }))
  if (rejections.length > 0)
    advice.push({
      text: 'Rejected records wait for a person',
      commands: [proposed('pimflow rejections', { connection })],
    })
  return advice
}

function aboutDeliveries({ connection, deliveries, destinations }: ConnectionStatus, now: Date): Advice[] {
  return deliveries
    .filter(({ destination }) => destinations.includes(destination))
    .flatMap(({ destination, refused, oldest }) => {
      const to = `--destination ${destination}`
      const refusal: Advice = {
        text: `${destination} refused ${counted(refused, 'record')}`,
        commands: [proposed(`pimflow deliver --refused ${to}`, { connection })],
      }
      const waits = oldest === null ? 0 : now.getTime() - oldest.getTime()
      const stuck: Advice = {
        text: `${destination} has not been sent what changed ${duration(waits)} ago`,
        commands: [proposed(`pimflow deliver ${to}`, { connection })],
      }
      return [...(refused > 0 ? [refusal] : []), ...(waits > tolerableUnsentMs ? [stuck] : [])]
    })
}
