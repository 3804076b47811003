/** A jest reporter for long runs: one JSON line at the end, with what the whole run took. */
export default class TotalReporter {
  onRunComplete(_contexts, { startTime, numTotalTestSuites, numFailedTests, numPassedTests }) {
    const seconds = Math.round((Date.now() - startTime) / 1_000);
    const counts = { specs: numTotalTestSuites, passed: numPassedTests, failed: numFailedTests };
    process.stdout.write(`${JSON.stringify({ id: 'total', ...counts, seconds })}\n`);
  }
}
