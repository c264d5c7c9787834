// The one visible list of dashboards; writes each as JSON into the directory that is named.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { balance } from './balance';
import { certificates } from './certificates';
import { controlPlane } from './control_plane';
import { exporter } from './exporter';
import { make } from './frame';
import { grpcServers } from './grpc_servers';
import { methods } from './methods';
import { overview } from './overview';
import { pools } from './pools';
import { sidecars } from './sidecars';

// From the first question to the last: is anything wrong, where, and may it be believed.
const PLANS = [
  overview, methods, balance, pools, grpcServers, certificates, controlPlane, sidecars, exporter,
];

const directory = process.argv[2];
if (!directory) throw new Error('usage: node main.js DIRECTORY');
mkdirSync(directory, { recursive: true });
for (const plan of PLANS) {
  writeFileSync(join(directory, `${plan.uid}.json`), JSON.stringify(make(plan), null, 2) + '\n');
}
