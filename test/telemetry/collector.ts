import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Value {
  stringValue?: string
}

/** As OTLP's JSON writes it; what no test reads is left out. */
export interface CollectedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: { key: string; value: Value }[]
}

interface Body {
  resourceSpans: { scopeSpans: { spans: CollectedSpan[] }[] }[]
}

export interface Collector {
  url: string
  spans: CollectedSpan[]
  close(): Promise<void>
}

/** Takes spans as an OpenTelemetry collector does. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const attributeOf = ({ attributes }: CollectedSpan, name: string): string | undefined =>
  attributes.find(({ key }) => key === name)?.value.stringValue

/** The names of a span and of those above it, the outermost first. */
export function pathOf(span: CollectedSpan, spans: CollectedSpan[]): string[] {
  const byId = new Map(spans.map((one) => [one.spanId, one]))
  const names: string[] = []
  for (let at: CollectedSpan | undefined = span; at; at = byId.get(at.parentSpanId ?? ''))
    names.unshift(at.name)
  return names
}
