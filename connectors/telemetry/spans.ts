import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

/** A no-op until whoever runs the process says where spans go. */
const tracer = trace.getTracer('pimflow')

let tracing = false

/** Said once by whoever runs the process, before it opens a database; what is traced costs a little. */
export function beginTracing(): void {
  tracing = true
}

export const isTracing = (): boolean => tracing

/** Runs `work` as a span below the one that is active; a failure is noted by its name, because its text is for people and may be long. */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' })
      throw error
    } finally {
      span.end()
    }
  })
}
