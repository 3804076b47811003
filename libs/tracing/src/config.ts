/** Where spans go, by OpenTelemetry's own variable; undefined: nowhere, nothing is measured. */
export const collectorOf = (environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '' } = environment;
  return endpoint === '' ? undefined : endpoint;
};
