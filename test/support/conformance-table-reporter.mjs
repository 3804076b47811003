/**
 * Prints a table of the mirrored conformance modules at the end of a run: plan × response type × passed of all. It reads
 * nothing but the tests' names: blocks are called `plan | response type`, tests like the modules. Our own mirror of the
 * modules is never a certification.
 */
const BLOCK = /^(.+) \| ((?:code|id_token|token)(?: (?:code|id_token|token))*)$/;
const HEAD = ['plan', 'response type', 'passed'];

export default class ConformanceTableReporter {
  onRunComplete(_contexts, { testResults }) {
    const rows = new Map();
    for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.testResults)) {
      const block = BLOCK.exec(ancestorTitles[0] ?? '');
      // A run of some tests by name leaves the others pending: they are no part of it.
      if (block === null || !title.startsWith('oidcc-') || status === 'pending') continue;
      const row = rows.get(block[0]) ?? { plan: block[1], responseType: block[2], passed: 0, all: 0 };
      rows.set(block[0], { ...row, passed: row.passed + (status === 'passed' ? 1 : 0), all: row.all + 1 });
    }
    if (rows.size > 0) process.stdout.write(table([...rows.values()]));
  }
}

function table(rows) {
  const sorted = rows.sort((a, b) => `${a.plan}|${a.responseType}`.localeCompare(`${b.plan}|${b.responseType}`));
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  const lines = [
    HEAD,
    ...sorted.map(({ plan, responseType, passed, all }) => [plan, responseType, `${passed} / ${all}`]),
    ['all', '', `${sum('passed')} / ${sum('all')}`],
  ];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const print = (line) => line.map((cell, column) => cell.padEnd(widths[column])).join('  ');
  return `\nMirrored conformance modules\n${lines.map((line) => `  ${print(line).trimEnd()}`).join('\n')}\n\n`;
}
