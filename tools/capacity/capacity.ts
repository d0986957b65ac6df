/**
 * `make capacity`: what a rate of calls needs in processors, memory, trunk channels, disk and VND, and what is full
 * first. docs/capacity.md says what it assumes.
 *
 *     node tools/capacity/capacity.ts [--rate 4.4,20,100] [--call 70] [--vnd-line 100000] …
 *
 * Every figure it starts from is an option, listed with its source in what it prints.
 */
import { isExpected } from '../../src/expected-error.ts';
import { describeInputs, readQuestion } from './inputs.ts';
import { readMeasured } from './measured.ts';
import { answer } from './tables.ts';

try {
  const inputs = describeInputs(await readMeasured());
  process.stdout.write(answer(inputs, readQuestion(process.argv.slice(2), inputs)));
} catch (error) {
  if (!isExpected(error)) throw error;
  process.stderr.write(`capacity: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
