import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import {
  connect,
  constants,
  createSecureServer,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Certificates {
  /** Paths of PEM files. */
  authority: string
  key: string
  certificate: string
}

/** An authority of this test's own, and a certificate of it for `name`; made by OpenSSL in `folder`. */
export async function certificatesFor(name: string, folder: string): Promise<Certificates> {
  const file = (what: string) => join(folder, `${name}-${what}.pem`)
  const [authorityKey, authority, key, request, certificate] = [
    file('authority-key'),
    file('authority'),
    file('key'),
    file('request'),
    file('certificate'),
  ]
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await run('openssl', [
    'req',
    '-x509',
    ...newKey,
    '-days',
    '1',
    '-subj',
    '/CN=authority of ' + name,
    '-keyout',
    authorityKey,
    '-out',
    authority,
  ])
  await run('openssl', ['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request])
  await writeFile(file('names'), `subjectAltName=DNS:${name}`)
  await run('openssl', [
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    authority,
    '-CAkey',
    authorityKey,
    '-CAcreateserial',
    '-days',
    '1',
    '-extfile',
    file('names'),
    '-out',
    certificate,
  ])
  return { authority, key, certificate }
}

export interface TlsGateway {
  address: string
  /** Calls that were let through, and those that were not. */
  passed: number
  refused: number
  close(): Promise<void>
}

/**
 * Stands before a Temporal server that speaks plainly, as Temporal Cloud's gateway does: TLS with `server`'s certificate; with `clients`, only
 * for those who show one of that authority; with `apiKey`, only for calls that bring it.
 */
export async function tlsGateway(
  target: string,
  { server, clients, apiKey }: { server: Certificates; clients?: Certificates; apiKey?: string },
): Promise<TlsGateway> {
  const upstream = connect(`http://${target}`)
  const listener = createSecureServer({
    key: await readFile(server.key),
    cert: await readFile(server.certificate),
    ...(clients
      ? { ca: await readFile(clients.authority), requestCert: true, rejectUnauthorized: true }
      : {}),
  })
  const gateway: TlsGateway = {
    address: '',
    passed: 0,
    refused: 0,
    close: () =>
      new Promise((resolve) => {
        upstream.destroy()
        for (const session of sessions) session.destroy()
        listener.close(() => resolve())
      }),
  }
  const sessions = new Set<{ destroy(): void }>()
  listener.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => undefined)
  })
  listener.on('tlsClientError', () => (gateway.refused += 1))
  listener.on('stream', (stream: ServerHttp2Stream, headers) => {
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
      gateway.refused += 1
      // gRPC's own form of 401: UNAUTHENTICATED.
      stream.respond(
        {
          ':status': 200,
          'content-type': 'application/grpc',
          'grpc-status': '16',
          'grpc-message': 'Request unauthorized',
        },
        { endStream: true },
      )
      return
    }
    gateway.passed += 1
    const call = upstream.request({ ...headers, ':authority': target, ':scheme': 'http' })
    call.on('response', (answer, flags) => {
      if (stream.destroyed) return
      const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      stream.respond(answer, endStream ? { endStream } : { waitForTrailers: true })
    })
    call.on('trailers', (trailers: OutgoingHttpHeaders) => {
      stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    })
    call.on('error', () => stream.destroy())
    stream.on('error', () => call.destroy())
    stream.on('close', () => call.close(constants.NGHTTP2_CANCEL))
    stream.pipe(call)
    call.pipe(stream)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  gateway.address = `127.0.0.1:${(listener.address() as AddressInfo).port}`
  return gateway
}
