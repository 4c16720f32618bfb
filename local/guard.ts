import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { bootSeparator, identify, type ProcessIdentity } from './processes.ts'

// Reads until the pipe from the parent closes, which the system does however the parent ends, then stops the server when it is
// still the same process, and removes the folder that was made for it.
const script = `
pid=$1 began=$2 signal=$3 folder=$4
stamp() {
  if [ -r /proc/self/stat ]; then sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20
  else LC_ALL=C ps -o lstart= -p "$pid" | tr -s ' ' | sed 's/^ //; s/ $//'; fi 2>/dev/null
}
while read -r _; do :; done
waited=0
while [ "$(stamp)" = "$began" ]; do
  if [ $waited -eq 0 ]; then kill -s "$signal" "$pid"; fi
  if [ $waited -eq 200 ]; then kill -s KILL "$pid"; fi
  waited=$((waited + 1))
  sleep 0.1
done
if [ -n "$folder" ]; then rm -rf "$folder"; fi
`

/**
 * Ties a server to the life of this process: when this process ends, also by Ctrl-C or SIGKILL, the server is stopped and the
 * folder, if any, removed. Returns the helper's identity; stop it first before stopping the server in an orderly way.
 */
export function endWithThisProcess(
  server: ProcessIdentity,
  signal: 'INT' | 'QUIT' | 'TERM',
  folder = '',
): ProcessIdentity {
  const [began = ''] = server.startedAt.split(bootSeparator)
  const helper = spawn(
    '/bin/sh',
    ['-c', script, 'pimflow-guard', String(server.pid), began, signal, folder],
    {
      // A session of its own: Ctrl-C in the terminal must not end it before it has done its work.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    },
  )
  helper.unref()
  if (helper.stdin instanceof Socket) helper.stdin.unref()
  // The helper is ended before the server is; writing nothing, we only hear of the closed pipe.
  helper.stdin.on('error', () => undefined)
  return identify(helper.pid)
}
