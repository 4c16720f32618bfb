import { z } from 'zod'
import { isTimeZone } from '../domain/time-zone.ts'
import { count, optionalSection, scheduleTime, section } from './sections.ts'
import { webhook } from './webhook.ts'

export const Schedules = optionalSection({
  timeZone: z
    .string('must be text')
    .refine(isTimeZone, { error: 'must be a time zone such as Europe/Paris or UTC' })
    .default('UTC')
    .describe('Zone of the cron lines'),
  poll: scheduleTime('5m').describe('What changed'),
  pollQuiet: scheduleTime('off').describe(
    'Polls that find nothing come ever more rarely, up to this interval; with the first change as often as `poll` says again',
  ),
  nightly: scheduleTime('0 2 * * *').describe('Reconcile, and changes of the last 36 hours again'),
  weekly: scheduleTime('0 4 * * 0').describe('Full pass, and `check`'),
  enrich: scheduleTime('0 6 * * *').describe(
    "Icecat into Akeneo, after Icecat's index of the night; only with a section icecat",
  ),
  deliver: scheduleTime('off').describe(
    'The feed to its destinations; runs that publish and polls start it too',
  ),
  recheckRequests: scheduleTime('0 5 * * *').describe(
    'Content that Icecat was asked for; only with a section icecat',
  ),
  taxonomy: scheduleTime('0 3 * * 6').describe(
    "What mappings are made of: Akeneo's attributes and families, Icecat's categories and features; only with a section icecat",
  ),
  notify: scheduleTime('15m').describe(
    'One message of what failed, is late or waits, if anything changed; only with a section notifications',
  ),
})

export const Notifications = section({
  webhook: section(webhook('notifications', 'https://chat.example.com/pimflow')).describe(
    'Where a person is told what needs one',
  ),
  stalePolls: count(3, { max: 10_000 }).describe(
    'Changes that are further behind than so many polls are told of; with a cron line as `schedules.poll`, staleMinutes says it',
  ),
  // No default, which a number would have by `count`: without it stalePolls counts.
  staleMinutes: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(1_000_000, 'must be at most 1000000')
    .optional()
    .describe('How far behind changes may be, in minutes; absent: stalePolls times the interval of polls'),
  remindHours: count(24, { min: 0, max: 8760 }).describe(
    'What stands is told again after so many hours; 0: never',
  ),
})

/** What grows is an interval, up to one that is no shorter. */
export function checkQuietPolls(
  { schedules: { poll, pollQuiet } }: { schedules: z.output<typeof Schedules> },
  context: z.RefinementCtx,
): void {
  if (pollQuiet === null) return
  const fits =
    poll !== null && 'everyMs' in poll && 'everyMs' in pollQuiet && pollQuiet.everyMs >= poll.everyMs
  if (fits) return
  const message = 'must be a duration such as 30m, no shorter than that of schedules.poll'
  context.addIssue({ code: 'custom', path: ['schedules', 'pollQuiet'], message })
}

/** A cron line has no interval to count polls by. */
export function checkNotifications(
  {
    schedules: { poll },
    notifications,
  }: { schedules: z.output<typeof Schedules>; notifications?: z.output<typeof Notifications> | undefined },
  context: z.RefinementCtx,
): void {
  if (notifications === undefined || notifications.staleMinutes !== undefined) return
  if (poll === null || 'everyMs' in poll) return
  const message = 'is missing: schedules.poll is a cron line, so say how far behind changes may be'
  context.addIssue({ code: 'custom', path: ['notifications', 'staleMinutes'], message })
}
