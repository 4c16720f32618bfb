/** By OpenTelemetry's own variables, which say where spans go; none of them: nothing is traced, and nothing of it is loaded. */
export const wantsTracing = (env: NodeJS.ProcessEnv): boolean =>
  [env['OTEL_EXPORTER_OTLP_ENDPOINT'], env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']].some(Boolean) &&
  env['OTEL_SDK_DISABLED'] !== 'true'
