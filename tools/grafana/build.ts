/** Writes deploy/grafana/hotline.json; `make docs` does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardText } from './dashboard.ts';

const file = join(import.meta.dirname, '../../deploy/grafana/hotline.json');
writeFileSync(file, await dashboardText());
