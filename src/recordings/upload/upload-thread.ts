/** The thread of make-from-upload.ts: levelling takes the processor for a moment, which belongs to the calls. */
import { parentPort, workerData } from 'node:worker_threads';
import { trim } from '../finish.ts';
import { finishSpeech } from '../make-recording.ts';
import { toWideband, wideRate } from '../sox.ts';
import { checkSamples } from './check-samples.ts';
import type { UploadWork, UploadResult } from './make-from-upload.ts';
import { RefusedUpload } from './refused-upload.ts';
import { readWavBytes } from './wav.ts';

async function make({ bytes, isDigit }: UploadWork): Promise<UploadResult> {
  try {
    const samples = readWavBytes(Buffer.from(bytes));
    checkSamples(samples, isDigit);
    const speech = trim(await toWideband(samples.values, samples.rate), wideRate);
    if (speech === undefined) return { refused: 'silent' };
    return await finishSpeech(speech);
  } catch (error) {
    if (error instanceof RefusedUpload) return { refused: error.reason };
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(await make(workerData as UploadWork));
