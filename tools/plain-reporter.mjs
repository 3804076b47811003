/** Last line of a run: "12 passed, 0 failed, 1 skipped" (one aggregate for all projects). */
export default class PlainReporter {
  onRunComplete(_contexts, r) {
    const crashed = r.testResults.filter((s) => s.testExecError).length;
    const skipped = r.numPendingTests + r.numTodoTests;
    const line = `${r.numPassedTests} passed, ${r.numFailedTests + crashed} failed${skipped ? `, ${skipped} skipped` : ''}\n`;
    process.once('exit', () => process.stdout.write(line));
  }
}
