/** What run.sh asks of a running deployment: `probe.mjs COMMAND ARGUMENTS`. */
import { grafanaDashboard } from './grafana.mjs';
import { flow } from './hybrid-flow.mjs';
import { load } from './load.mjs';
import { isTraced, logoutOverNats, tracedFlow } from './sample-application.mjs';

const [command, ...given] = process.argv.slice(2);
await { flow, load, grafanaDashboard, tracedFlow, isTraced, logoutOverNats }[command](...given);
process.exit();
