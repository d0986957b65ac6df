import { spawn } from 'node:child_process';
import { ExpectedError } from '../expected-error.ts';

/** Which Debian package a tool comes in. */
const PACKAGES = { 'espeak-ng': 'espeak-ng', sox: 'sox' } as const;

/** A program that recordings are made with. */
export type Tool = keyof typeof PACKAGES;

/** A tool is not on this machine. The message names the Debian package it comes in. */
export class ToolUnavailable extends ExpectedError {
  override readonly name = 'ToolUnavailable';
  constructor(tool: Tool) {
    super(`${tool} is not installed: apt-get install ${PACKAGES[tool]}, then run this again`);
  }
}

/** A tool ran and failed. The message holds what it said on standard error. */
export class ToolFailed extends ExpectedError {
  override readonly name = 'ToolFailed';
}

/**
 * Runs a tool to its end.
 *
 * @param input goes to its standard input
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
    const child = spawn(tool, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // A tool that stops before reading everything closes the pipe; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT' ? new ToolUnavailable(tool) : cause);
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out));
      else
        reject(
          new ToolFailed(`${tool} failed (exit code ${code}): ${Buffer.concat(errors).toString().trim()}`),
        );
    });
    child.stdin.end(input);
  });
}
