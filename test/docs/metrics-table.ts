import { metrics } from '../../connectors/telemetry/metrics.ts'

export const metricsTable = (): string =>
  [
    '| Metric | Kind | Labels | Says |',
    '| --- | --- | --- | --- |',
    ...Object.values(metrics).map(
      ({ name, kind, labels, help }) =>
        `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
    ),
  ].join('\n')
