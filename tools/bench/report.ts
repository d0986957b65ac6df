/** The files of docs/bench that are made from the raw figures in results.json: by a run, and by `make docs` again. */
import { renderPlots } from './plots.ts';
import type { BenchResult } from './result.ts';
import { renderTable } from './table.ts';

/** By file name. */
export function renderReport(result: BenchResult): Record<string, string> {
  return { 'README.md': renderTable(result), ...renderPlots(result) };
}
