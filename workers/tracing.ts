import { createRequire } from 'node:module'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { Resource } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import {
  makeWorkflowExporter,
  type OpenTelemetryWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry'
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker'
import { beginTracing } from '../connectors/telemetry/spans.ts'

/** What a worker needs so that a run is one trace: from the workflow over its activities to each call and statement. */
export interface Tracing {
  sinks: InjectedSinks<{ exporter: OpenTelemetryWorkflowExporter }>
  activityInterceptor: ActivityInterceptorsFactory
  /** Goes into the bundle of the workflows. */
  workflowModule: string
  /** Sends what is left. */
  end(): Promise<void>
}

/** Once per process, before a database is opened. Addresses, headers and limits are read from the environment by the exporter. */
export function startTracing(env: NodeJS.ProcessEnv): Tracing {
  const resource = new Resource({ 'service.name': env['OTEL_SERVICE_NAME'] ?? 'pimflow' })
  const processor = new BatchSpanProcessor(new OTLPTraceExporter())
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] })
  provider.register({ contextManager: new AsyncLocalStorageContextManager() })
  beginTracing()
  return {
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    activityInterceptor: (activity) => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(activity),
      outbound: new OpenTelemetryActivityOutboundInterceptor(activity),
    }),
    workflowModule: createRequire(import.meta.url).resolve(
      '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors',
    ),
    end: async () => {
      await provider.shutdown()
      trace.disable()
      context.disable()
    },
  }
}
