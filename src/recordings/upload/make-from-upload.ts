/** Makes a recording of a WAV that somebody has sent, as `hotline sounds` makes it of one that lies in recorded/. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ExpectedError } from '../../expected-error.ts';
import type { Recording } from '../make-recording.ts';
import { RefusedUpload, type RefusalReason } from './refused-upload.ts';

/** What the thread is told. */
export interface UploadWork {
  readonly bytes: Uint8Array;
  readonly isDigit: boolean;
}
/** What it answers. */
export type UploadResult = Recording | { readonly refused: RefusalReason } | { readonly failed: string };

/** A recording could not be made: sox is missing, or took too long. */
export class RecordingFailed extends ExpectedError {
  override readonly name = 'RecordingFailed';
}

/** The longest upload takes about 2 s, ms. */
const deadlineMs = 30_000;
/** It holds the samples a few times over. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64 };

let isBusy = false;

/**
 * One at a time, in a thread of its own, within bounds of time and memory.
 *
 * @throws RefusedUpload; RecordingFailed
 */
export async function makeFromUpload(work: UploadWork): Promise<Recording> {
  if (isBusy) throw new RefusedUpload('busy');
  isBusy = true;
  const thread = new Worker(new URL('upload-thread.ts', import.meta.url), {
    ...{ workerData: work, execArgv: [], resourceLimits, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } },
  });
  try {
    const [result] = (await once(thread, 'message', { signal: AbortSignal.timeout(deadlineMs) })) as [
      UploadResult,
    ];
    if ('refused' in result) throw new RefusedUpload(result.refused);
    if ('failed' in result) throw new RecordingFailed(result.failed);
    return result;
  } catch (error) {
    if (error instanceof RefusedUpload || error instanceof RecordingFailed) throw error;
    throw new RecordingFailed('the recording took too long, or too much memory', { cause: error });
  } finally {
    await thread.terminate();
    isBusy = false;
  }
}
