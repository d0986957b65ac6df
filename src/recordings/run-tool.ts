import { spawn } from 'node:child_process';
import { ExpectedError } from '../expected-error.ts';

/** The Debian package of each tool. */
const debianPackages = { 'espeak-ng': 'espeak-ng', sox: 'sox' } as const;

/** A program used to make recordings. */
export type Tool = keyof typeof debianPackages;

/** A tool is not installed. The message names its Debian package. */
export class ToolUnavailable extends ExpectedError {
  override readonly name = 'ToolUnavailable';
  constructor(tool: Tool) {
    super(`${tool} is not installed: apt-get install ${debianPackages[tool]}, then run this again`);
  }
}

/** A tool failed. The message contains its standard error. */
export class ToolFailed extends ExpectedError {
  override readonly name = 'ToolFailed';
}

/** What one of them does takes a second or two, ms. */
const deadlineMs = 60_000;

/**
 * Runs a tool and waits for its end; one that does not end is killed.
 *
 * @param input written to its standard input
 * @returns its standard output
 * @throws {ToolUnavailable} when it is not installed
 * @throws {ToolFailed} when its exit code is not 0
 */
export function runTool(
  tool: Tool,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      // Not `timeout`: for a program that is not there, its timer keeps this process from ending.
      ...{ stdio: ['pipe', 'pipe', 'pipe'], signal: AbortSignal.timeout(deadlineMs), killSignal: 'SIGKILL' },
    });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // A tool that exits before it has read everything closes the pipe; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.name === 'AbortError') return; // it is killed, and its end says so
      reject(cause.code === 'ENOENT' ? new ToolUnavailable(tool) : cause);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(out));
      else
        reject(
          new ToolFailed(
            `${tool} failed (${signal ?? `exit code ${code}`}): ${Buffer.concat(errors).toString().trim()}`,
          ),
        );
    });
    child.stdin.end(input);
  });
}
