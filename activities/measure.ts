import { add } from '../connectors/telemetry/metrics.ts'
import type { StreamName } from '../contracts/streams.ts'

/** Counts a page of a list, once it is committed. */
export function measurePage(
  connection: string,
  stream: StreamName,
  { read, changed, rejected }: { read: number; changed: number; rejected: number },
): void {
  add('pages', { connection, stream })
  const count = (result: 'changed' | 'unchanged' | 'rejected', n: number) =>
    add('records', { connection, stream, result }, n)
  count('changed', changed)
  count('rejected', rejected)
  // A changed product may be rejected where it is translated.
  count('unchanged', Math.max(0, read - changed - rejected))
}
