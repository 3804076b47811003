/**
 * Prints a table of the mirrored conformance modules at the end of a run: plan × response type × registration, and how many
 * passed of all. It reads nothing but the tests' names, `module | plan | response type | registration`. Our own mirror of the modules is never a certification.
 */
const NAME =
  /^oidcc-\S+ \| (?<plan>.+) \| (?<responseType>(?:code|id_token|token)(?: (?:code|id_token|token))*) \| (?<registration>dynamic|static)$/;
const HEAD = ['plan', 'response type', 'clients', 'passed'];

export default class ConformanceTableReporter {
  onRunComplete(_contexts, { testResults }) {
    const rows = new Map();
    for (const { title, status } of testResults.flatMap((file) => file.testResults)) {
      const { plan, responseType, registration } = NAME.exec(title)?.groups ?? {};
      // A run of some tests by name leaves the others pending: they are no part of it.
      if (plan === undefined || status === 'pending') continue;
      const key = `${plan} | ${responseType} | ${registration}`;
      const row = rows.get(key) ?? { plan, responseType, registration, passed: 0, all: 0 };
      rows.set(key, { ...row, passed: row.passed + (status === 'passed' ? 1 : 0), all: row.all + 1 });
    }
    if (rows.size > 0) process.stdout.write(table([...rows.values()]));
  }
}

function table(rows) {
  const place = ({ plan, responseType, registration }) => `${plan}|${responseType}|${registration}`;
  const sorted = rows.sort((a, b) => place(a).localeCompare(place(b)));
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  const lines = [
    HEAD,
    ...sorted.map(({ plan, responseType, registration, passed, all }) => [
      plan,
      responseType,
      registration,
      `${passed} / ${all}`,
    ]),
    ['all', '', '', `${sum('passed')} / ${sum('all')}`],
  ];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const print = (line) => line.map((cell, column) => cell.padEnd(widths[column])).join('  ');
  return `\nMirrored conformance modules\n${lines.map((line) => `  ${print(line).trimEnd()}`).join('\n')}\n\n`;
}
